internal import Model
internal import ObjectStorage
internal import Sealing

extension Vault {
    /// How many heads are read at once.
    private static let width = 16

    /// Some pieces of a stream's log without those that a revoked key signed.
    ///
    /// Before any key of the host was revoked nothing is read; afterwards the head of each piece that no revocation lists,
    /// once. A piece whose head cannot be used stays: whoever needs it finds that out.
    ///
    /// - Throws: what the store throws.
    func withoutRevoked(
        _ pieces: [LogPiece],
        of stream: StreamName
    ) async throws(Fault) -> [LogPiece] {
        let keys = revokedKeys(of: stream.host)
        guard !acceptsRevoked, !keys.isEmpty else { return pieces }
        let isCertain = { (piece: LogPiece) in
            !keys.contains { refuses($0, host: stream.host, short: piece.short) }
        }
        let doubtful = pieces.filter { !isCertain($0) }
        var rest = doubtful.filter { signers.signer(of: $0.short) == nil }[...]
        while !rest.isEmpty {
            try await readSigners(of: rest.prefix(Self.width), stream)
            rest = rest.dropFirst(Self.width)
        }
        let refused = doubtful.filter { piece in
            guard let known = signers.signer(of: piece.short), let key = known else { return false }
            return refuses(key, host: stream.host, short: piece.short)
        }
        guard !refused.isEmpty else { return pieces }
        let shorts = Set(refused.map(\.short))
        return pieces.filter { !shorts.contains($0.short) }
    }

    private struct Signer {
        let short: String
        let key: Result<VerifyKey?, Fault>
    }

    private func readSigners(
        of pieces: ArraySlice<LogPiece>,
        _ stream: StreamName
    ) async throws(Fault) {
        let reader = acceptingRevoked
        let found = await withTaskGroup(of: Signer.self) { group in
            for piece in pieces {
                group.addTask {
                    do throws(Fault) {
                        let key = try await reader.signer(of: piece, stream)
                        return Signer(short: piece.short, key: .success(key))
                    } catch { return Signer(short: piece.short, key: .failure(error)) }
                }
            }
            var found: [Signer] = []
            for await signer in group { found.append(signer) }
            return found
        }
        for signer in found { signers.note(try signer.key.get(), of: signer.short) }
    }

    private func signer(
        of piece: LogPiece,
        _ stream: StreamName
    ) async throws(Fault) -> VerifyKey? {
        let name = VaultName.log(
            stream,
            epoch: piece.epoch,
            from: piece.from,
            to: piece.to,
            short: piece.short
        ).objectName
        do throws(Fault) {
            return try await fromAnyCopy(name) { () async throws(Fault) in
                let signed = try await signedHead(name)
                let head = try verifiedHead(signed, piece, stream: stream, object: name.text)
                return VerifyKey(hexadecimal: head.by)
            }
        } catch  where error.code.disposition == .corrupt || error.code == .objectMissing {
            return nil
        }
    }
}
