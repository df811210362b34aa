/// Finds what is given to names within a line: arguments of commands, entries of mappings in braces, directives.
///
/// ```
/// {name: value}   "name": "value"   ?name=value   --name value   requirepass value   PASSWORD 'value'   user NAME on >value
/// ```
enum GivenValue {
    /// Directives of Redis that stand without a sign before their value.
    private static let directives: Set<String> = ["requirepass", "masterauth"]
    private static let comments = Array("#;".utf8)
    private static let ends = Array(",;&)]}".utf8)
    private static let calls = Array("([".utf8)
    private static let longest = 100

    /// The first of them that fits; none in a comment, where people explain.
    ///
    /// Time is proportional to the bytes.
    static func first(
        in line: ArraySlice<UInt8>,
        where fits: (SecretText.Assignment) -> Bool
    ) -> SecretText.Assignment? {
        guard let begin = SecretText.trimmed(line).first, !comments.contains(begin) else {
            return nil
        }
        var rest = line
        while let start = rest.firstIndex(where: isOfName) {
            let run = rest[start...].prefix(while: isOfName)
            rest = rest[run.endIndex...]
            guard run.count <= longest, let value = value(after: run, rest) else { continue }
            let name = String(decoding: run.drop { $0 == UInt8(ascii: "-") }, as: UTF8.self)
            let given = SecretText.Assignment(name: name, value: value)
            if !name.isEmpty, fits(given) { return given }
        }
        return access(line).flatMap { fits($0) ? $0 : nil }
    }

    /// What a name is given; nil when nothing says that it is given something.
    private static func value(
        after run: ArraySlice<UInt8>,
        _ rest: ArraySlice<UInt8>
    ) -> ArraySlice<UInt8>? {
        var rest = rest
        let isQuoted = rest.first.map(isQuote) ?? false
        if isQuoted { rest = rest.dropFirst() }
        let blanks = rest.prefix(while: isBlank)
        rest = rest[blanks.endIndex...]
        guard let sign = rest.first else { return nil }
        if sign == UInt8(ascii: "=") || sign == UInt8(ascii: ":") {
            rest = rest.dropFirst()
            // What a colon alone joins is an address, a time or an image.
            guard sign == UInt8(ascii: "=") || isQuoted || rest.first.map(isBlank) == true else {
                return nil
            }
            return literal(rest.drop(while: isBlank))
        }
        guard !blanks.isEmpty, sign != UInt8(ascii: "-") else { return nil }
        if run.starts(with: [0x2D, 0x2D]) { return literal(rest) }
        guard (8...11).contains(run.count) else { return nil }
        let name = String(decoding: run, as: UTF8.self).lowercased()
        if directives.contains(name) { return literal(rest) }
        // CREATE ROLE … PASSWORD 'value'
        return name == "password" && sign == UInt8(ascii: "'") ? literal(rest) : nil
    }

    /// The password of a line of Redis' access list: `user NAME on >value`.
    private static func access(_ line: ArraySlice<UInt8>) -> SecretText.Assignment? {
        let text = SecretText.trimmed(line)
        guard text.starts(with: Array("user ".utf8)),
            let place = SecretText.find(Array(" >".utf8), in: text),
            let value = literal(text[(place + 2)...])
        else { return nil }
        return SecretText.Assignment(name: "user password", value: value)
    }

    /// The value that a text begins with, without its quotes and without what ends it.
    private static func literal(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let first = text.first else { return nil }
        let value: ArraySlice<UInt8>
        if isQuote(first) {
            value = text.dropFirst().prefix { $0 != first }
        } else {
            value = text.prefix { !isBlank($0) && !isQuote($0) && !ends.contains($0) }
            // What is called or indexed is a program's, and no literal.
            if value.contains(where: { calls.contains($0) }) { return nil }
        }
        return value.isEmpty ? nil : value
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        TokenShape.isWord(byte) || byte == 0x5F || byte == 0x2D || byte == 0x2E
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 9 || byte == 13 }

    private static func isQuote(_ byte: UInt8) -> Bool { [0x22, 0x27, 0x60].contains(byte) }
}
