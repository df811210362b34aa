/// How lines of configuration files are taken apart, and what a value in them is.
enum SecretText {
    /// The parts of words that mark a value as one to be filled in.
    private static let fillers = [
        "changeme", "change-me", "change_me", "example", "placehold", "your-", "your_", "xxxx",
        "****", "dummy", "replace", "insert", "sample",
    ]
    /// What passwords of local test servers are called.
    private static let weak: Set<String> = [
        "password", "passwd", "pass", "postgres", "secret", "admin", "root", "user", "test",
        "guest",
        "redis",
    ]

    /// Ends of names whose values say where a secret is, or how it is used, and are none.
    private static let harmless = [
        "_file", "_path", "_url", "_uri", "_name", "_id", "_ttl", "_expiry", "_algorithm", "_type",
    ]

    /// A name and its literal value.
    struct Assignment {
        let name: String
        let value: ArraySlice<UInt8>
    }

    /// Whether a name in lower case says that its value is no secret.
    static func isHarmless(_ name: String) -> Bool { harmless.contains { name.hasSuffix($0) } }

    /// The text without blanks at both ends.
    static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text
        while let first = text.first, isBlank(first) { text.removeFirst() }
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }

    /// Reads `NAME=value`, `export NAME="value"`, `name: value`, `- NAME=value` or `"name": "value",`; nil for anything else.
    static func assignment(_ line: ArraySlice<UInt8>) -> Assignment? {
        var rest = trimmed(line)
        if rest.starts(with: Array("- ".utf8)) { rest = trimmed(rest.dropFirst(2)) }
        if rest.starts(with: Array("export ".utf8)) { rest = trimmed(rest.dropFirst(7)) }
        let quote = rest.first.flatMap { isQuote($0) ? $0 : nil }
        if quote != nil { rest.removeFirst() }
        let name = rest.prefix { TokenShape.isWord($0) || [0x5F, 0x2D, 0x2E].contains($0) }
        guard !name.isEmpty, name.count <= 100 else { return nil }
        rest = rest.dropFirst(name.count)
        if let quote, rest.first == quote { rest.removeFirst() }
        rest = trimmed(rest)
        guard let sign = rest.first, sign == UInt8(ascii: "=") || sign == UInt8(ascii: ":") else {
            return nil
        }
        rest = trimmed(rest.dropFirst())
        guard let value = literal(rest) else { return nil }
        return Assignment(name: String(decoding: name, as: UTF8.self), value: value)
    }

    /// The value that a text begins with, without its quotes; nil when there is none.
    private static func literal(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let first = text.first else { return nil }
        if isQuote(first) {
            let inner = text.dropFirst()
            guard let end = inner.firstIndex(of: first), end > inner.startIndex else { return nil }
            return inner[..<end]
        }
        var value = text.prefix { !isBlank($0) && !isQuote($0) }
        while let last = value.last, last == UInt8(ascii: ",") || last == UInt8(ascii: ";") {
            value.removeLast()
        }
        return value.isEmpty ? nil : value
    }

    /// Whether it has letters and digits and no blank, as passwords that were made have.
    static func isMixed(_ value: ArraySlice<UInt8>) -> Bool {
        var hasDigit = false
        var hasLetter = false
        for byte in value {
            if isBlank(byte) { return false }
            if (0x30...0x39).contains(byte) {
                hasDigit = true
            } else if TokenShape.isWord(byte) {
                hasLetter = true
            }
        }
        return hasDigit && hasLetter
    }

    /// Whether it refers to something (a variable, a path, a template) or says that something is to be filled in.
    static func isReference(_ value: ArraySlice<UInt8>) -> Bool {
        guard let first = value.first else { return true }
        let signs = Array("$<{%/@!*&.".utf8)
        if signs.contains(first) || value.contains(UInt8(ascii: "$")) { return true }
        let text = String(decoding: value, as: UTF8.self).lowercased()
        return text.contains("{{") || text.contains("://")
            || fillers.contains { text.contains($0) }
    }

    /// The password of the first address in a line that holds one: `scheme://user:password@host`; nil when none does.
    static func password(inAddressOf line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var rest = line
        while let found = find(Array("://".utf8), in: rest) {
            rest = rest[(found + 3)...]
            let authority = rest.prefix {
                !isBlank($0) && !isQuote($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?")
            }
            guard let at = authority.lastIndex(of: UInt8(ascii: "@")) else { continue }
            let parts = authority[..<at].split(
                separator: UInt8(ascii: ":"),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard parts.count == 2, parts[1].count >= 4, !isReference(parts[1]),
                !parts[1].elementsEqual(parts[0])
            else { continue }
            let text = String(decoding: parts[1], as: UTF8.self).lowercased()
            if !weak.contains(text) { return parts[1] }
        }
        return nil
    }

    /// Where some bytes begin in a line; nil when they are not in it.
    static func find(_ bytes: [UInt8], in line: ArraySlice<UInt8>) -> Int? {
        guard let first = bytes.first, line.count >= bytes.count else { return nil }
        var start = line.startIndex
        while let index = line[start...].firstIndex(of: first) {
            if line[index...].starts(with: bytes) { return index }
            start = index + 1
        }
        return nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 9 || byte == 13 }

    private static func isQuote(_ byte: UInt8) -> Bool { [0x22, 0x27, 0x60].contains(byte) }
}
