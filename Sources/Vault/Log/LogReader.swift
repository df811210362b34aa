public import Model
internal import ObjectStorage
public import Sealing

/// Reads the log of one stream.
public struct LogReader: Sendable {
    /// The stream.
    public let stream: StreamName
    /// What the vault holds of it, by name; nothing is verified before it is read, but that no revoked key signed it.
    public let pieces: [LogPiece]
    /// The history files that the vault holds, by epoch; more than one only when false ones were put there.
    public let histories: [UInt32: [String]]
    let vault: Vault

    /// Lists the log of a stream.
    ///
    /// One listing; after keys of the stream's host were revoked also one short read for each piece that no revocation lists
    /// and that this process has not seen yet.
    ///
    /// - Throws: what the store throws.
    public init(_ vault: Vault, stream: StreamName) async throws(Fault) {
        var pieces: [LogPiece] = []
        var histories: [UInt32: [String]] = [:]
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
            case .history(_, let epoch, let short): histories[epoch, default: []].append(short)
            default: break
            }
        }
        self.vault = vault
        self.stream = stream
        self.pieces = try await vault.withoutRevoked(pieces, of: stream)
        self.histories = histories
    }

    /// What the vault holds of one epoch.
    public func coverage(epoch: UInt32) -> LogCoverage {
        LogCoverage(pieces.lazy.filter { $0.epoch == epoch })
    }

    /// Whose log it is, by the newest piece that can be trusted; nil when there is none.
    ///
    /// - Throws: what the store throws.
    public func source() async throws(Fault) -> String? {
        for piece in pieces.sorted(by: { ($0.epoch, $0.to) > ($1.epoch, $1.to) }) {
            do throws(Fault) {
                return try await head(of: piece).source
            } catch
                where error.code.disposition == .corrupt || error.code == .objectMissing
            { continue }
        }
        return nil
    }

    /// The verified head of a piece.
    ///
    /// - Throws: `E-VAULT-DAMAGED`, `E-VAULT-TRUST`, and what the store throws.
    public func head(of piece: LogPiece) async throws(Fault) -> LogHead {
        let name = name(of: piece)
        return try await vault.fromAnyCopy(name) { () async throws(Fault) in
            let signed = try await vault.signedHead(name)
            return try await vault.verifiedHead(signed, of: piece, stream: stream)
        }
    }

    /// Hands the log from one position to another to `body`, in order and without a gap.
    ///
    /// At any position the whole piece that reaches furthest is taken; where two that are read overlap their bytes must
    /// agree, and all must be the log of one source. A damaged or forged piece only matters where no other holds its bytes.
    ///
    /// - Throws: `E-LOG-GAP` when a position is not covered, `E-VAULT-DAMAGED`, `E-VAULT-TRUST`, `E-KEY-WRONG`.
    public func read(
        epoch: UInt32,
        from: UInt64,
        to: UInt64,
        identities: [AgeIdentity],
        _ body: (_ position: UInt64, _ bytes: ArraySlice<UInt8>) async throws(Fault) -> Void
    ) async throws(Fault) {
        var sweep = LogSweep(
            pieces.lazy.filter { $0.epoch == epoch && $0.to > from && $0.from < to }
        )
        var position = from
        var last: LogContent?
        while position < to {
            let present = try await content(
                at: position,
                epoch: epoch,
                &sweep,
                identities: identities
            )
            if let last { try agree(last, present) }
            let start = present.piece.from
            let end = min(to, present.piece.to)
            try await body(position, present.bytes[Int(position - start)..<Int(end - start)])
            last = present
            position = end
        }
    }

    /// The whole piece that holds a position and reaches furthest; damaged and forged ones are passed over.
    private func content(
        at position: UInt64,
        epoch: UInt32,
        _ sweep: inout LogSweep,
        identities: [AgeIdentity]
    ) async throws(Fault) -> LogContent {
        var damage: Fault?
        while let piece = sweep.take(at: position) {
            do throws(Fault) {
                return try await content(of: piece, identities: identities)
            } catch
                where error.code.disposition == .corrupt || error.code == .objectMissing
            { damage = damage ?? error }
        }
        throw damage ?? gap(epoch: epoch, at: position)
    }

    /// The history file of an epoch.
    ///
    /// - Throws: `E-LOG-GAP` when the vault has none, `E-VAULT-DAMAGED`, `E-VAULT-TRUST`, `E-KEY-WRONG`.
    public func history(epoch: UInt32, identities: [AgeIdentity]) async throws(Fault) -> [UInt8] {
        var damage: Fault?
        for short in histories[epoch] ?? [] {
            let piece = LogPiece(epoch: epoch, from: 0, to: 0, short: short, objectBytes: 18 << 20)
            do throws(Fault) {
                return try await content(
                    of: piece,
                    as: .history(stream, epoch: epoch, short: short),
                    identities: identities
                ).bytes
            } catch
                where error.code.disposition == .corrupt || error.code == .objectMissing
            { damage = damage ?? error }
        }
        throw damage
            ?? Fault(
                .logGap,
                "unable to restore timeline \(epoch): its history file is not in the vault"
            )
    }

    /// The object of a piece.
    func name(of piece: LogPiece) -> ObjectName { piece.name(in: stream) }

    /// A piece, verified and decoded.
    func content(
        of piece: LogPiece,
        as name: VaultName? = nil,
        identities: [AgeIdentity]
    ) async throws(Fault) -> LogContent {
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
        return LogContent(piece: piece, head: head, bytes: plain)
    }

    private func agree(_ left: LogContent, _ right: LogContent) throws(Fault) {
        let name = name(of: right.piece).description
        guard left.head.source == right.head.source else {
            throw .damaged(
                name,
                "it is the log of '\(right.head.source)', not of '\(left.head.source)'"
            )
        }
        let from = max(left.piece.from, right.piece.from)
        let to = min(left.piece.to, right.piece.to)
        guard from < to else { return }
        let bytes = { (content: LogContent) in
            content.bytes[Int(from - content.piece.from)..<Int(to - content.piece.from)]
        }
        guard bytes(left) == bytes(right) else {
            throw .damaged(name, "it differs from the piece that it overlaps")
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
