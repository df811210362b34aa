/// A place in one sorted part of spilled runs.
struct RunCursor {
    /// What has not been read yet.
    private(set) var rest: Range<Int64>
    private var window: [PlacedRun] = []
    private var position = 0

    init(_ part: Range<Int64>) { rest = part }

    /// The run at the cursor; nil when the window is used up.
    var head: PlacedRun? { position < window.count ? window[position] : nil }

    mutating func advance() { position += 1 }

    /// Takes the next records of the part.
    mutating func load(_ bytes: [UInt8]) {
        window = stride(from: 0, to: bytes.count, by: PlacedRun.recordBytes).map {
            Self.decode(bytes[$0..<$0 + PlacedRun.recordBytes])
        }
        position = 0
        rest = rest.lowerBound + Int64(bytes.count)..<rest.upperBound
    }

    /// Writes a run as pack, frame, start, length, file, padding, offset.
    static func encode(_ run: PlacedRun, into bytes: inout [UInt8]) {
        let words = [
            run.pack, UInt64(run.frame) << 32 | UInt64(run.start),
            UInt64(run.length) << 32 | UInt64(run.file), UInt64(bitPattern: run.offset), 0,
        ]
        for word in words {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
    }

    private static func decode(_ record: ArraySlice<UInt8>) -> PlacedRun {
        let word = { (index: Int) in
            record.dropFirst(index * 8).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }
        return PlacedRun(
            pack: word(0),
            frame: UInt32(word(1) >> 32),
            start: UInt32(word(1) & 0xffff_ffff),
            length: UInt32(word(2) >> 32),
            file: UInt32(word(2) & 0xffff_ffff),
            offset: Int64(bitPattern: word(3))
        )
    }
}
