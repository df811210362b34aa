public import Model
public import ObjectStorage
internal import Sealing

extension Vault {
    /// How long a numbered document may be.
    static let largestDocument = 1 << 20

    /// Signs a document with the host's key and stores it with the next number of its folder.
    ///
    /// After success it is durable. After failure it may be there, whole, or not.
    ///
    /// - Throws: `E-VAULT-TRUST` when the host is not enrolled, and what the store throws.
    @discardableResult
    public func publish<Content: Codable & Sendable>(
        _ content: Content,
        in folder: DocumentFolder,
        keys: HostKeys,
        at time: Instant
    ) async throws(Fault) -> ObjectName {
        _ = try recipients(for: keys)
        var highest: UInt64 = 0
        try await store.list("\(folder.rawValue)/") { info in
            if case .document(folder, let number, _) = VaultName(info.name) {
                highest = max(highest, number)
            }
        }
        let author = DocumentAuthor(
            type: folder.type,
            vault: id,
            host: keys.host,
            time: time,
            enrolment: enrolment(of: keys.host)?.text
        )
        let document = SignedDocument(
            DocumentText(author: author, content: content),
            key: keys.signing
        )
        let bytes = document.bytes
        precondition(bytes.count <= Self.largestDocument, "a document is at most 1 MiB")
        let name = VaultName.document(
            folder,
            number: highest + 1,
            short: Hashing.sha256(bytes).short
        ).objectName
        try await store.put(name, bytes)
        return name
    }

    /// The verified documents of a folder, by number; damaged and forged ones are in `refused`, one fault each.
    ///
    /// One listing and one read a document.
    ///
    /// - Throws: what the store throws.
    public func documents<Content: Codable & Sendable>(
        of folder: DocumentFolder,
        as type: Content.Type
    ) async throws(Fault) -> (found: [VaultDocument<Content>], refused: [Fault]) {
        var infos: [ObjectInfo] = []
        try await store.list("\(folder.rawValue)/") { infos.append($0) }
        var found: [VaultDocument<Content>] = []
        var refused: [Fault] = []
        for info in infos {
            guard case .document(folder, let number, let short) = VaultName(info.name) else {
                continue
            }
            do throws(Fault) {
                let bytes = try await store.get(info.name, limit: Self.largestDocument)
                found.append(
                    try document(bytes, info, folder, number: number, short: short)
                )
            } catch  where error.code.disposition == .corrupt || error.code == .objectMissing {
                refused.append(error)
            }
        }
        return (found.sorted { ($0.number, $0.name) < ($1.number, $1.name) }, refused)
    }

    /// A document that stands under a name, verified.
    func document<Content: Codable & Sendable>(
        _ bytes: [UInt8],
        _ info: ObjectInfo,
        _ folder: DocumentFolder,
        number: UInt64,
        short: String
    ) throws(Fault) -> VaultDocument<Content> {
        let signed = try proveDocument(bytes, folder, short: short, object: info.name.text)
        let text = try JSONText.decode(
            DocumentText<Content>.self,
            signed.document,
            of: info.name.text
        )
        return VaultDocument(
            name: info.name,
            number: number,
            host: text.author.host,
            time: text.author.time,
            stored: info.modified,
            content: text.content
        )
    }

    /// Proves that bytes are the document of a name, by an enrolled host.
    ///
    /// - Throws: `E-VAULT-DAMAGED`, `E-VAULT-TRUST`.
    @discardableResult
    func proveDocument(
        _ bytes: [UInt8],
        _ folder: DocumentFolder,
        short: String,
        object: String
    ) throws(Fault) -> SignedDocument {
        guard Hashing.sha256(bytes).short == short else {
            throw .damaged(object, "its bytes are not those that its name commits to")
        }
        let signed = try SignedDocument(parsing: bytes, object: object)
        let author = try JSONText.decode(DocumentAuthor.self, signed.document, of: object)
        guard author.format == 1, author.type == folder.type, author.vault == id else {
            throw .damaged(object, "it is another document")
        }
        guard
            vouches(for: signed.by, host: author.host)
                || isEnrolment(author.enrolment, of: signed.by, host: author.host)
        else { throw .untrusted(object, host: author.host) }
        return signed
    }
}
