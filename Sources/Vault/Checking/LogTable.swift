internal import Model

/// The log pieces of a vault, in the order of their names: 48 bytes each.
struct LogTable: Sendable {
    private struct Entry {
        let stream: UInt32
        let epoch: UInt32
        /// Both are zero for the history file of an epoch.
        let from: UInt64
        let to: UInt64
        let short: UInt64
        let bytes: Int64
    }

    private(set) var streams: [StreamName] = []
    private var entries: [Entry] = []

    var count: Int { entries.count }

    /// Adds a piece, or a history file, which has no positions; they come in the order of their names.
    mutating func append(_ stream: StreamName, _ piece: LogPiece) {
        if streams.last != stream { streams.append(stream) }
        entries.append(
            Entry(
                stream: UInt32(streams.count - 1),
                epoch: piece.epoch,
                from: piece.from,
                to: piece.to,
                short: UInt64(piece.short, radix: 16) ?? 0,
                bytes: piece.objectBytes
            )
        )
    }

    /// A piece, its stream and its name.
    subscript(index: Int) -> (stream: StreamName, piece: LogPiece, name: VaultName) {
        let entry = entries[index]
        let stream = streams[Int(entry.stream)]
        let short = VaultName.padded(entry.short, 16, 16)
        let piece = LogPiece(
            epoch: entry.epoch,
            from: entry.from,
            to: entry.to,
            short: short,
            objectBytes: entry.bytes
        )
        guard entry.to > 0 else {
            return (stream, piece, .history(stream, epoch: entry.epoch, short: short))
        }
        let name = VaultName.log(
            stream,
            epoch: entry.epoch,
            from: entry.from,
            to: entry.to,
            short: short
        )
        return (stream, piece, name)
    }
}
