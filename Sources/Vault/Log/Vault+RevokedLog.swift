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
        let doubtful = pieces.filter { piece in
            let mark = ObjectMark(piece.name(in: stream))
            return keys.contains { refuses($0, host: stream.host, object: mark) }
        }
        var rest = doubtful.filter { piece in
            signers.signer(of: ObjectMark(piece.name(in: stream))) == nil
        }[...]
        while !rest.isEmpty {
            try await readSigners(of: rest.prefix(Self.width), stream)
            rest = rest.dropFirst(Self.width)
        }
        let refused = doubtful.filter { piece in
            let mark = ObjectMark(piece.name(in: stream))
            guard let known = signers.signer(of: mark), let key = known else { return false }
            return refuses(key, host: stream.host, object: mark)
        }
        guard !refused.isEmpty else { return pieces }
        let lost = Set(refused)
        return pieces.filter { !lost.contains($0) }
    }

    private struct Signer {
        let piece: ObjectMark
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
                    let name = piece.name(in: stream)
                    do throws(Fault) {
                        let key = try await reader.signer(of: piece, name, stream)
                        return Signer(piece: ObjectMark(name), key: .success(key))
                    } catch { return Signer(piece: ObjectMark(name), key: .failure(error)) }
                }
            }
            var found: [Signer] = []
            for await signer in group { found.append(signer) }
            return found
        }
        for signer in found { signers.note(try signer.key.get(), of: signer.piece) }
    }

    private func signer(
        of piece: LogPiece,
        _ name: ObjectName,
        _ stream: StreamName
    ) async throws(Fault) -> VerifyKey? {
        do throws(Fault) {
            return try await fromAnyCopy(name) { () async throws(Fault) in
                let signed = try await signedHead(name)
                let head = try await verifiedHead(signed, of: piece, stream: stream)
                return VerifyKey(hexadecimal: head.by)
            }
        } catch  where error.code.disposition == .corrupt || error.code == .objectMissing {
            return nil
        }
    }
}
