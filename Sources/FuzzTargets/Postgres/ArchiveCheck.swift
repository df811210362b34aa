import Model
import PostgresWire

/// However an archive is cut into pieces, it holds the same, and no path leads out of it.
enum ArchiveCheck {
    static func check(_ input: [UInt8]) throws(CheckFailure) {
        try checkAsItIs(input)
        try checkAsItIs(summed(input))
    }

    private static func checkAsItIs(_ bytes: [UInt8]) throws(CheckFailure) {
        let whole = read(Cut.whole(bytes))
        let small = read(Cut.small(bytes))
        try require(whole == small, "in one piece \(whole), in small ones \(small)")
        for case .entry(let entry) in whole.value ?? [] {
            let parts = entry.path.split(separator: 0x2F, omittingEmptySubsequences: false)
            let isWithin = parts.allSatisfy { part in
                !part.isEmpty && part != [0x2E][...] && part != [0x2E, 0x2E][...]
            }
            try require(isWithin, "the path '\(entry.name)'")
        }
    }

    /// The events of an archive, neighbouring bytes joined.
    private static func read(_ pieces: [ArraySlice<UInt8>]) -> Outcome<[TarEvent]> {
        Outcome { () throws(Fault) in
            var reader = TarReader()
            var events: [TarEvent] = []
            for piece in pieces {
                reader.receive(piece)
                while let event = try reader.next() {
                    if case .bytes(let more) = event, case .bytes(let bytes)? = events.last {
                        events[events.count - 1] = .bytes(bytes + more)
                    } else {
                        events.append(event)
                    }
                }
            }
            try reader.finish()
            return events
        }
    }

    /// The same with the right sum in everything that may be a header.
    private static func summed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for start in stride(from: 0, to: bytes.count - 511, by: 512)
        where bytes[start + 257..<start + 262].elementsEqual("ustar".utf8) {
            for place in start + 148..<start + 156 { bytes[place] = 0x20 }
            let sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
            let digits = Array(String(sum, radix: 8).utf8)
            bytes.replaceSubrange(start + 148..<start + 148 + digits.count, with: digits)
        }
        return bytes
    }
}
