public import Model
public import Vault

extension VaultFixture {
    /// A writer of the log of the fixture's stream, with the fixture's keys and state.
    ///
    /// - Throws: What making one throws.
    public func logWriter(_ kind: ComponentKind = .postgresql) throws(Fault) -> LogWriter {
        try LogWriter(vault, keys: keys, stream: stream, kind: kind, state: state.path)
    }

    /// Stores bytes as the log of the fixture's stream, timeline 1, one piece from each position to the next.
    ///
    /// - Throws: What the writer throws.
    public func writeLog(_ bytes: [UInt8], at positions: [Int]) async throws(Fault) {
        let writer = try logWriter()
        for (from, to) in zip(positions, positions.dropFirst()) {
            try await writer.put(
                LogInput(
                    source: "1",
                    epoch: 1,
                    from: UInt64(from),
                    bytes: Array(bytes[from..<to]),
                    time: time,
                    heartbeat: nil,
                    facts: ["segment_bytes": "1048576"]
                )
            )
        }
    }

    /// The log of the fixture's stream, timeline 1, from its first position to a later one.
    ///
    /// - Throws: What the reader throws.
    public func readLog(to end: Int) async throws(Fault) -> [UInt8] {
        var bytes: [UInt8] = []
        try await LogReader(vault, stream: stream).read(
            epoch: 1,
            from: 0,
            to: UInt64(end),
            identities: [identity]
        ) { bytes += $1 }
        return bytes
    }
}
