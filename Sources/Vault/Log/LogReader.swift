public import Model
internal import ObjectStorage
public import Sealing

/// Reads the log of one stream.
public struct LogReader: Sendable {
    /// The stream.
    public let stream: StreamName
    /// What the vault holds of it, by name; nothing is verified before it is read.
    public let pieces: [LogPiece]
    /// The epochs whose history file the vault holds.
    public let histories: [UInt32: String]
    private let vault: Vault

    /// Lists the log of a stream. One listing.
    ///
    /// - Throws: what the store throws.
    public init(_ vault: Vault, stream: StreamName) async throws(Fault) {
        var pieces: [LogPiece] = []
        var histories: [UInt32: String] = [:]
        try await vault.store.list("log/\(stream)/") { info in
            switch VaultName(info.name) {
            case .log(_, let epoch, let from, let to, let short):
                pieces.append(
                    LogPiece(
                        epoch: epoch,
                        from: from,
                        to: to,
                        short: short,
                        objectBytes: info.bytes
                    )
                )
            case .history(_, let epoch, let short): histories[epoch] = short
            default: break
            }
        }
        self.vault = vault
        self.stream = stream
        self.pieces = pieces
        self.histories = histories
    }

    /// What the vault holds of one epoch.
    public func coverage(epoch: UInt32) -> LogCoverage {
        LogCoverage(pieces.lazy.filter { $0.epoch == epoch })
    }

    /// The verified head of a piece.
    ///
    /// - Throws: `E-VAULT-DAMAGED`, `E-VAULT-TRUST`, and what the store throws.
    public func head(of piece: LogPiece) async throws(Fault) -> LogHead {
        let name = name(of: piece)
        let signed = try await vault.signedHead(name)
        return try vault.verifiedHead(signed, piece, stream: stream, object: name.description)
    }

    /// Hands the log from one position to another to `body`, in order and without a gap.
    ///
    /// At any position the piece that reaches furthest is taken; where two that are read overlap their bytes must agree.
    ///
    /// - Throws: `E-LOG-GAP` when a position is not covered, `E-VAULT-DAMAGED`, `E-VAULT-TRUST`, `E-KEY-WRONG`.
    public func read(
        epoch: UInt32,
        from: UInt64,
        to: UInt64,
        identities: [AgeIdentity],
        _ body: (_ position: UInt64, _ bytes: ArraySlice<UInt8>) async throws(Fault) -> Void
    ) async throws(Fault) {
        let candidates = pieces.filter { $0.epoch == epoch && $0.to > from && $0.from < to }
        var position = from
        var last: (piece: LogPiece, bytes: [UInt8])?
        while position < to {
            guard
                let piece = candidates.filter({ $0.from <= position && $0.to > position })
                    .max(by: { $0.to < $1.to })
            else { throw gap(epoch: epoch, at: position) }
            let bytes = try await plainBytes(of: piece, identities: identities)
            if let last { try agree(last, (piece, bytes)) }
            let end = min(to, piece.to)
            try await body(position, bytes[Int(position - piece.from)..<Int(end - piece.from)])
            last = (piece, bytes)
            position = end
        }
    }

    /// The history file of an epoch.
    ///
    /// - Throws: `E-LOG-GAP` when the vault has none, `E-VAULT-DAMAGED`, `E-VAULT-TRUST`, `E-KEY-WRONG`.
    public func history(epoch: UInt32, identities: [AgeIdentity]) async throws(Fault) -> [UInt8] {
        guard let short = histories[epoch] else {
            throw Fault(
                .logGap,
                "unable to restore timeline \(epoch): its history file is not in the vault"
            )
        }
        let piece = LogPiece(epoch: epoch, from: 0, to: 0, short: short, objectBytes: 16 << 20)
        return try await plainBytes(
            of: piece,
            as: .history(stream, epoch: epoch, short: short),
            identities: identities
        )
    }

    /// The object of a piece.
    func name(of piece: LogPiece) -> ObjectName {
        VaultName.log(
            stream,
            epoch: piece.epoch,
            from: piece.from,
            to: piece.to,
            short: piece.short
        ).objectName
    }

    /// The verified and decoded bytes of a piece.
    func plainBytes(
        of piece: LogPiece,
        as name: VaultName? = nil,
        identities: [AgeIdentity]
    ) async throws(Fault) -> [UInt8] {
        guard let name = name ?? VaultName(self.name(of: piece)) else {
            preconditionFailure("a piece has a name")
        }
        let object = name.objectName.description
        let (signed, head) = try await vault.verifiedLog(name, piece, stream: stream)
        let body = try signed.body(head.body, object: object)
        let frames = try vault.decodedFrames(
            body,
            .log,
            host: head.host,
            identities: identities,
            object: object
        )
        let plain = Array(frames.joined())
        guard piece.to == piece.from || UInt64(plain.count) == piece.to - piece.from else {
            throw .damaged(object, "it holds \(plain.count) bytes, not what its name says")
        }
        return plain
    }

    private func agree(
        _ left: (piece: LogPiece, bytes: [UInt8]),
        _ right: (piece: LogPiece, bytes: [UInt8])
    ) throws(Fault) {
        let from = max(left.piece.from, right.piece.from)
        let to = min(left.piece.to, right.piece.to)
        guard from < to else { return }
        let first = left.bytes[Int(from - left.piece.from)..<Int(to - left.piece.from)]
        let second = right.bytes[Int(from - right.piece.from)..<Int(to - right.piece.from)]
        guard first == second else {
            throw .damaged(
                name(of: right.piece).description,
                "it differs from the piece that it overlaps"
            )
        }
    }

    private func gap(epoch: UInt32, at position: UInt64) -> Fault {
        Fault(
            .logGap,
            "unable to read the log of '\(stream.component)': nothing covers \(LSN(position)) of timeline \(epoch)",
            hints: ["Run `lifeboat ls` to see the gaps, and choose a point outside them."]
        )
    }
}
