internal import Model
internal import Vault

/// Stores an RDB so that a long value is cut into chunks by itself.
///
/// ```
/// small small small │ long value │ small small │ long value │ …        │ a chunk ends
/// ```
/// Redis writes keys in the order of a hash whose seed is another one after each start, and another size after each doubling. A
/// long value then is found again wherever it lies; short ones share chunks with their neighbours, which are found again while the
/// order stays. What is held is the beginning of one record, and one piece.
struct RecordWriter {
    /// From here on a value is worth two chunks that may be short.
    private static let long = 128 << 10

    private let file: ChunkWriter
    /// The beginning of the present record, while it is short.
    private var held: [UInt8] = []
    /// Whether the present record is long, and its beginning written.
    private var isLong = false

    init(_ file: ChunkWriter) { self.file = file }

    /// Adds a piece; `starts` is where in it records begin, ascending.
    mutating func write(_ piece: ArraySlice<UInt8>, _ starts: [Int]) async throws(Fault) {
        let shift = held.count
        let all = held + piece
        held = []
        var written = 0
        var open = 0
        for start in starts.map({ $0 + shift }) {
            if isLong {
                try await file.write(all[written..<start])
                try await file.endChunk()
                isLong = false
                written = start
            } else if start - open >= Self.long {
                try await begin(all, written, open)
                try await file.write(all[open..<start])
                try await file.endChunk()
                written = start
            }
            open = start
        }
        if isLong {
            try await file.write(all[written...])
        } else if all.count - open >= Self.long {
            try await begin(all, written, open)
            try await file.write(all[open...])
            isLong = true
        } else {
            try await file.write(all[written..<open])
            held = Array(all[open...])
        }
    }

    /// Ends what comes before a long record.
    private func begin(_ all: [UInt8], _ written: Int, _ open: Int) async throws(Fault) {
        try await file.write(all[written..<open])
        try await file.endChunk()
    }

    /// Ends the file.
    mutating func finish() async throws(Fault) -> Content {
        try await file.write(held[...])
        return try await file.finish()
    }
}
