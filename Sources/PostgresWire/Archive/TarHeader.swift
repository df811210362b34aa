import Model

/// The decoder of one 512-byte header block; see ``TarReader`` for the layout.
enum TarHeader {
    /// Reads a block of 512 bytes that are not all zero.
    static func decode(_ block: [UInt8]) throws(Fault) -> TarEntry {
        precondition(block.count == 512, "a tar header has 512 bytes")
        guard block[257..<262].elementsEqual("ustar".utf8) else {
            throw TarReader.fault("a header is not of the ustar format")
        }
        // The sum of all bytes, with the checksum field itself counted as blanks.
        let sum = block.enumerated().reduce(0) { sum, byte in
            sum + ((148..<156).contains(byte.offset) ? 32 : Int64(byte.element))
        }
        guard try number(block[148..<156]) == sum else {
            throw TarReader.fault("a header's checksum is wrong")
        }
        let kind = try kind(block)
        let size = try number(block[124..<136])
        guard size <= Int64.max - 512 else { throw TarReader.fault("a size is out of range") }
        return TarEntry(
            path: try path(block),
            kind: kind,
            size: kind == .file ? size : 0,
            mode: UInt16(truncatingIfNeeded: try number(block[100..<108]) & 0o7777),
            modifiedSeconds: try number(block[136..<148])
        )
    }

    private static func kind(_ block: [UInt8]) throws(Fault) -> TarEntry.Kind {
        switch block[156] {
        case UInt8(ascii: "0"), 0: return .file
        case UInt8(ascii: "5"): return .directory
        case UInt8(ascii: "2"):
            let target = text(block[157..<257])
            guard !target.isEmpty else { throw TarReader.fault("a link has no target") }
            return .symbolicLink(target: target)
        default: throw TarReader.fault("a member is neither file, directory nor symbolic link")
        }
    }

    private static func path(_ block: [UInt8]) throws(Fault) -> [UInt8] {
        let (name, prefix) = (text(block[0..<100]), text(block[345..<500]))
        let whole = prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
        guard whole.first != UInt8(ascii: "/") else { throw TarReader.fault("a path is absolute") }
        let parts = whole.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
        guard !parts.isEmpty else { throw TarReader.fault("a path is empty") }
        guard !parts.contains(where: { $0.elementsEqual("..".utf8) }) else {
            throw TarReader.fault("a path leads out of it")
        }
        return Array(parts.joined(separator: [UInt8(ascii: "/")]))
    }

    private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] {
        Array(field.prefix { $0 != 0 })
    }

    /// A number that is not negative: octal digits between blanks, or base-256.
    private static func number(_ field: ArraySlice<UInt8>) throws(Fault) -> Int64 {
        var value: Int64 = 0
        if field.first == 0x80 {
            for byte in field.dropFirst() {
                guard value < 1 << 55 else { throw TarReader.fault("a number is out of range") }
                value = value << 8 | Int64(byte)
            }
            return value
        }
        let digits = field.drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }
        for digit in digits {
            guard (48...55).contains(digit), value < 1 << 60 else {
                throw TarReader.fault("a number is not octal")
            }
            value = value << 3 | Int64(digit - 48)
        }
        return value
    }
}
