/// The name of one entry of a folder: any bytes but zero and `/`, neither empty nor `.` nor `..`.
///
/// Linux names are bytes; nothing says that they are UTF-8. At most 255 of them fit on most file systems, which the
/// system itself checks.
public struct FileName: Sendable, Hashable {
    /// The bytes of the name.
    public let bytes: [UInt8]

    /// Takes some bytes; nil when they cannot be a name.
    public init?(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, bytes != [0x2E], bytes != [0x2E, 0x2E],
            !bytes.contains(0), !bytes.contains(0x2F)
        else { return nil }
        self.bytes = bytes
    }

    /// Takes some text; nil when it cannot be a name.
    public init?(_ text: some StringProtocol) {
        self.init(Array(text.utf8))
    }

    /// Hands out the name as C reads it.
    @inline(__always)
    func withCString<Value>(_ body: (UnsafePointer<CChar>) -> Value) -> Value {
        let text = bytes + [0]
        return unsafe text.withUnsafeBytes { buffer in
            let start = unsafe buffer.bindMemory(to: CChar.self).baseAddress
            guard let start = unsafe start else { preconditionFailure("a name has bytes") }
            return unsafe body(start)
        }
    }

    static func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
        var bytes: [UInt8] = []
        var next = unsafe text
        while unsafe next.pointee != 0 {
            unsafe bytes.append(UInt8(bitPattern: next.pointee))
            unsafe next += 1
        }
        return bytes
    }

    static func displayed(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self),
            text.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 })
        {
            return text
        }
        let digits = Array("0123456789abcdef")
        return bytes.reduce(into: "") { text, byte in
            if (32..<127).contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "\\x\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}

extension FileName: Comparable {
    /// Orders by bytes, as `memcmp` does.
    public static func < (left: FileName, right: FileName) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension FileName: CustomStringConvertible {
    /// The name for people: control characters and bytes that are not UTF-8 are written as `\xNN`.
    public var description: String { Self.displayed(bytes) }
}
