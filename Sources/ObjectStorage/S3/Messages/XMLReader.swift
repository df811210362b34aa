/// Reads the XML that S3 servers send, and nothing else.
///
/// No document types, so no entities but the five of XML and numbers; no processing instructions but the first
/// line; a bounded depth; every element closed; UTF-8. What is let through is what a server means; what is cut off
/// anywhere throws. Memory and time are in proportion to the bytes.
struct XMLReader {
    private static let deepest = 16
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The only element of the document.
    ///
    /// - Throws: ``MalformedReply``.
    mutating func document() throws(MalformedReply) -> XMLElement {
        _ = take([0xEF, 0xBB, 0xBF])
        if take("<?xml") { try skip(past: "?>") }
        try skipBetween()
        guard take("<") else { throw MalformedReply("it is no XML") }
        guard let root = try element(depth: 1) else { throw MalformedReply("it is no XML") }
        try skipBetween()
        guard position == bytes.count else { throw MalformedReply("something follows its end") }
        return root
    }

    /// An element whose `<` is read.
    private mutating func element(depth: Int) throws(MalformedReply) -> XMLElement? {
        guard depth <= Self.deepest else { throw MalformedReply("it is nested too deeply") }
        let full = try name()
        var element = XMLElement(Self.local(full))
        if try skipAttributes() { return element }
        var text: [UInt8] = []
        while true {
            guard let byte = next() else { throw MalformedReply("it is cut off") }
            switch byte {
            case UInt8(ascii: "<"):
                if take("/") {
                    guard try name() == full else {
                        throw MalformedReply("'\(full)' is not closed in it")
                    }
                    skipSpace()
                    guard take(">") else { throw MalformedReply("a tag in it does not end") }
                    element.text = try Self.string(text)
                    return element
                } else if take("!--") {
                    try skip(past: "-->")
                } else if take("![CDATA[") {
                    let start = position
                    try skip(past: "]]>")
                    text += bytes[start..<(position - 3)]
                } else if let child = try self.element(depth: depth + 1) {
                    element.children.append(child)
                }
            case UInt8(ascii: "&"): text += try reference()
            case UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0x20...0xFF:
                text.append(byte)
            default: throw MalformedReply("a control character is in it")
            }
        }
    }

    /// What stands in a tag after its name; whether the tag is an element of its own.
    private mutating func skipAttributes() throws(MalformedReply) -> Bool {
        while true {
            let hasSpace = skipSpace()
            if take(">") { return false }
            if take("/>") { return true }
            guard hasSpace else { throw MalformedReply("a tag in it does not end") }
            _ = try name()
            skipSpace()
            guard take("=") else { throw MalformedReply("an attribute in it has no value") }
            skipSpace()
            guard let quote = next(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
            else { throw MalformedReply("an attribute in it has no value") }
            try skip(past: String(UnicodeScalar(quote)))
        }
    }

    private mutating func name() throws(MalformedReply) -> String {
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "_"), UInt8(ascii: ":"):
                position += 1
                continue
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                guard position > start else { break }
                position += 1
                continue
            default: break
            }
            break
        }
        guard position > start else { throw MalformedReply("a tag in it has no name") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// What a reference stands for, whose `&` is read.
    private mutating func reference() throws(MalformedReply) -> [UInt8] {
        let end = bytes[position...].prefix(12).firstIndex(of: UInt8(ascii: ";"))
        guard let end else { throw MalformedReply("a reference in it does not end") }
        let text = String(decoding: bytes[position..<end], as: UTF8.self)
        position = end + 1
        switch text {
        case "lt": return [UInt8(ascii: "<")]
        case "gt": return [UInt8(ascii: ">")]
        case "amp": return [UInt8(ascii: "&")]
        case "quot": return [UInt8(ascii: "\"")]
        case "apos": return [UInt8(ascii: "'")]
        default: break
        }
        let number: UInt32? =
            if text.hasPrefix("#x") {
                UInt32(text.dropFirst(2), radix: 16)
            } else if text.hasPrefix("#") {
                UInt32(text.dropFirst())
            } else {
                nil
            }
        guard let number, let scalar = Unicode.Scalar(number),
            number >= 0x20 || number == 9
                || number == 10 || number == 13
        else { throw MalformedReply("it refers to what it does not define") }
        return Array(String(scalar).utf8)
    }

    /// Skips white space and comments around the element.
    private mutating func skipBetween() throws(MalformedReply) {
        while true {
            skipSpace()
            guard take("<!--") else { return }
            try skip(past: "-->")
        }
    }

    private mutating func skip(past text: String) throws(MalformedReply) {
        let wanted = Array(text.utf8)
        while position + wanted.count <= bytes.count {
            if take(wanted) { return }
            position += 1
        }
        throw MalformedReply("it is cut off")
    }

    @discardableResult
    private mutating func skipSpace() -> Bool {
        let start = position
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
            position += 1
        }
        return position > start
    }

    private mutating func take(_ text: String) -> Bool { take(Array(text.utf8)) }

    private mutating func take(_ wanted: [UInt8]) -> Bool {
        guard bytes[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    private mutating func next() -> UInt8? {
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    private static func local(_ name: String) -> String {
        name.lastIndex(of: ":").map { String(name[name.index(after: $0)...]) } ?? name
    }

    private static func string(_ bytes: [UInt8]) throws(MalformedReply) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw MalformedReply("it is not UTF-8")
        }
        return text
    }
}
