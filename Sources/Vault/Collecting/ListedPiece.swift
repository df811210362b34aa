internal import Model
internal import ObjectStorage

/// A piece of log as a listing shows it.
struct ListedPiece {
    let piece: LogPiece
    /// When it was stored, by the store's clock.
    let stored: Instant
    let name: ObjectName

    /// The log of a stream, without its history files.
    static func all(of stream: StreamName, in vault: Vault) async throws(Fault) -> [ListedPiece] {
        var pieces: [ListedPiece] = []
        try await vault.store.list("log/\(stream)/") { info in
            guard case .log(_, let epoch, let from, let to, let short) = VaultName(info.name) else {
                return
            }
            let piece = LogPiece(
                epoch: epoch,
                from: from,
                to: to,
                short: short,
                objectBytes: info.bytes
            )
            pieces.append(ListedPiece(piece: piece, stored: info.modified, name: info.name))
        }
        return pieces
    }
}
