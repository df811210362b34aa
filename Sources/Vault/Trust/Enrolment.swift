public import Model
public import Sealing

/// A host as the operator vouches for it.
public struct Enrolment: Sendable {
    /// The host's name.
    public let host: String
    /// The number of the document, from 1.
    public let number: Int
    /// The key that signs the host's heads.
    public let key: VerifyKey
    /// The host's own age recipient.
    public let recipient: AgeRecipient
    /// Whom the host seals data to.
    public let recipients: [AgeRecipient]
    /// Keys of the host that were revoked by then.
    let revoked: Set<VerifyKey>
    /// When it was enrolled.
    public let time: Instant

    /// The signed document itself.
    let text: String

    init(_ document: HostDocument, text: String, object: String) throws(Fault) {
        self.text = text
        guard let key = VerifyKey(hexadecimal: document.key) else {
            throw .damaged(object, "its key is damaged")
        }
        host = document.host
        number = document.number
        self.key = key
        recipient = try AgeRecipient(document.recipient)
        var recipients: [AgeRecipient] = []
        for text in document.recipients { recipients.append(try AgeRecipient(text)) }
        self.recipients = recipients
        var revoked: Set<VerifyKey> = []
        for text in document.revoked ?? [] {
            guard let key = VerifyKey(hexadecimal: text) else {
                throw .damaged(object, "a key in it is damaged")
            }
            revoked.insert(key)
        }
        self.revoked = revoked
        time = document.time
    }
}
