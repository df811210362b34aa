/// Replaces variables in a value the way Docker Compose does.
///
/// `$V` and `${V}` give the variable, or nothing when it is unset; `${V:-d}` gives `d` when it is unset or empty,
/// `${V-d}` when it is unset; `${V:?m}` and `${V?m}` fail with `m` in these cases; `${V:+r}` and `${V+r}` give `r` in
/// the others. `d` and `r` may hold variables themselves. `$$` is one `$`. Any other `$` is a mistake.
/// Values only are interpolated, after the YAML was read, so no variable can add a key.
struct Interpolation {
    /// Why a value cannot be interpolated.
    enum Failure: Error, Equatable {
        /// A `$` that starts nothing, or braces that do not close.
        case malformed
        /// A variable that must be set; the text is the author's message.
        case required(name: String, message: String)
    }

    /// The variables.
    let environment: [String: String]
    /// The variables that were asked for and are not set.
    private(set) var unset: [String] = []

    init(environment: [String: String]) { self.environment = environment }

    /// The text with its variables replaced.
    mutating func expand(_ text: String) throws(Failure) -> String {
        guard text.utf8.contains(Self.dollar) else { return text }
        return String(decoding: try expand(Array(text.utf8)[...], depth: 0), as: UTF8.self)
    }

    private static let dollar = UInt8(ascii: "$")
    private static let deepest = 16

    private mutating func expand(
        _ text: ArraySlice<UInt8>,
        depth: Int
    ) throws(Failure) -> [UInt8] {
        guard depth < Self.deepest else { throw .malformed }
        var rest = text
        var result: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == Self.dollar else {
                result.append(byte)
                continue
            }
            if rest.first == Self.dollar {
                rest.removeFirst()
                result.append(Self.dollar)
            } else if rest.first == UInt8(ascii: "{") {
                rest.removeFirst()
                let end = try Self.closing(rest)
                result += try braced(rest[..<end], depth: depth)
                rest = rest[(end + 1)...]
            } else {
                let name = try Self.name(&rest)
                result += value(of: name)
            }
        }
        return result
    }

    /// What stands between the braces.
    private mutating func braced(
        _ inner: ArraySlice<UInt8>,
        depth: Int
    ) throws(Failure) -> [UInt8] {
        var rest = inner
        let name = try Self.name(&rest)
        guard let first = rest.popFirst() else { return value(of: name) }
        let emptyCounts = first == UInt8(ascii: ":")
        guard let operation = emptyCounts ? rest.popFirst() : first else { throw .malformed }
        let present = environment[name].flatMap { emptyCounts && $0.isEmpty ? nil : $0 }
        switch operation {
        case UInt8(ascii: "-"):
            if let present { return Array(present.utf8) }
            return try expand(rest, depth: depth + 1)
        case UInt8(ascii: "+"):
            return present == nil ? [] : try expand(rest, depth: depth + 1)
        case UInt8(ascii: "?"):
            if let present { return Array(present.utf8) }
            throw .required(name: name, message: String(decoding: rest, as: UTF8.self))
        default: throw .malformed
        }
    }

    private mutating func value(of name: String) -> [UInt8] {
        guard let value = environment[name] else {
            if !unset.contains(name) { unset.append(name) }
            return []
        }
        return Array(value.utf8)
    }

    /// Takes the name of a variable from the front.
    private static func name(_ rest: inout ArraySlice<UInt8>) throws(Failure) -> String {
        let name = rest.prefix {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
        }
        guard let first = name.first, !(48...57).contains(first) else { throw .malformed }
        rest = rest.dropFirst(name.count)
        return String(decoding: name, as: UTF8.self)
    }

    /// Where the brace closes that stands open before the text.
    private static func closing(_ text: ArraySlice<UInt8>) throws(Failure) -> Int {
        var open = 0
        var index = text.startIndex
        while index < text.endIndex {
            let next = index + 1 < text.endIndex ? text[index + 1] : 0
            if text[index] == dollar, next == dollar {
                index += 1
            } else if text[index] == dollar, next == UInt8(ascii: "{") {
                open += 1
                index += 1
            } else if text[index] == UInt8(ascii: "}") {
                if open == 0 { return index }
                open -= 1
            }
            index += 1
        }
        throw .malformed
    }
}
