internal import Model
internal import Sealing

/// What the bytes of a numbered document say, and whose signature fits them: nothing of it is trusted yet.
struct ReadDocument<Content: Codable & Sendable>: Sendable {
    /// Whose signature it carries, and fits.
    let by: VerifyKey
    let author: DocumentAuthor
    /// A fault when it is not what such a document says: whoever is not trusted is refused for that first.
    let content: Result<Content, Fault>

    /// Takes a document apart; `digest` is that of the bytes.
    ///
    /// - Throws: `E-VAULT-DAMAGED`.
    init(_ bytes: [UInt8], digest: Digest256, object: String) throws(Fault) {
        let key = DocumentKey(digest: digest, content: ObjectIdentifier(Content.self))
        if let known = DocumentKey.known[key] as? Self {
            self = known
            return
        }
        let signed = try SignedDocument(parsing: bytes, object: object)
        by = signed.by
        do throws(Fault) {
            let text = try JSONText.decode(
                DocumentText<Content>.self,
                signed.document,
                of: object
            )
            author = text.author
            content = .success(text.content)
        } catch {
            author = try JSONText.decode(DocumentAuthor.self, signed.document, of: object)
            content = .failure(error)
            return
        }
        DocumentKey.known.note(self, for: key, weight: bytes.count)
    }
}
