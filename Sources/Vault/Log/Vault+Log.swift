public import Model
internal import ObjectStorage

extension Vault {
    /// Stores a piece of log, durably in this copy when this returns; again with the same piece is success.
    ///
    /// Whether the copy is still there is looked at each time: an empty mount point would take the log and keep nothing.
    ///
    /// - Throws: `E-VAULT-NONE` when the store holds no vault any more, and what the store throws.
    public func store(_ log: SealedLog) async throws(Fault) {
        guard try await store.status(VaultName.format.objectName) != nil else {
            throw Fault(
                .noVault,
                "unable to store the log in '\(store.address)': there is no vault any more",
                hints: ["Mount the disk it is on."]
            )
        }
        try await store.put(log.name, log.object)
    }

    /// A piece of log that was read whole, and its verified head; the body's hash has been compared.
    func verifiedLog(
        _ name: VaultName,
        _ piece: LogPiece,
        stream: StreamName
    ) async throws(Fault) -> (SignedObject, LogHead) {
        let bytes = try await wholeObject(name, short: piece.short, length: piece.objectBytes)
        return try verifiedLog(bytes, piece, stream: stream, name: name.objectName)
    }

    /// The bytes of a piece of log as its verified head and body; the name's hash has been compared.
    func verifiedLog(
        _ bytes: [UInt8],
        _ piece: LogPiece,
        stream: StreamName,
        name: ObjectName
    ) throws(Fault) -> (SignedObject, LogHead) {
        let signed = try SignedObject(parsing: bytes, object: name.text)
        let head = try verifiedHead(signed, piece, stream: stream, name: name)
        _ = try signed.body(head.body, object: name.text)
        return (signed, head)
    }

    /// The same head, of a piece that was not read whole: when it says another place, the piece is.
    func verifiedHead(
        _ signed: SignedObject,
        of piece: LogPiece,
        stream: StreamName
    ) async throws(Fault) -> LogHead {
        let name = piece.name(in: stream)
        do throws(Fault) {
            return try verifiedHead(signed, piece, stream: stream, name: name)
        } catch  where error.code == .misplaced {
            throw try await proven(error, name, short: piece.short, length: piece.objectBytes)
        }
    }

    /// The head of a piece, if an enrolled key signed it and it is what the piece's name says.
    func verifiedHead(
        _ signed: SignedObject,
        _ piece: LogPiece,
        stream: StreamName,
        name: ObjectName
    ) throws(Fault) -> LogHead {
        let head = try JSONText.decode(LogHead.self, signed.head, of: name.text)
        guard head.format == 1, head.type == "log", head.host == head.stream.host,
            let own = head.name(short: piece.short)
        else { throw .damaged(name.text, "it is another object") }
        try verify(
            signed,
            by: head.by,
            host: head.host,
            vault: head.vault,
            enrolment: head.enrolment,
            object: name
        )
        guard own.objectName == name else { throw .misplaced(name, own: own) }
        return head
    }
}

extension LogHead {
    /// The name of the object, whose hash begins with `short`; nil when its positions are none.
    fileprivate func name(short: String) -> VaultName? {
        guard let from = UInt64(from, radix: 16), let to = UInt64(to, radix: 16) else { return nil }
        let name: VaultName =
            from == 0 && to == 0
            ? .history(stream, epoch: epoch, short: short)
            : .log(stream, epoch: epoch, from: from, to: to, short: short)
        let isExact = self.from == VaultName.padded(from, 16, 16)
        return isExact && self.to == VaultName.padded(to, 16, 16) ? name : nil
    }
}
