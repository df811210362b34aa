public import Model
internal import ObjectStorage
public import Sealing

/// Keys of a host that the operator revoked: of what they signed only what is listed counts.
///
/// It lists objects by their names, each with its hash, and not up to a number or a time: who holds the key can sign any
/// number and any time, and what the vault held before must not get company afterwards.
public struct Revocation: Sendable {
    /// How many objects one document lists; more are several documents.
    static let largestList = 25_000

    /// The host.
    public let host: String
    /// Its keys that do not count any more.
    public let keys: Set<VerifyKey>
    /// What was stored from then on is not trusted.
    public let since: Instant
    /// When the operator signed it.
    public let time: Instant
    /// What stays trusted.
    private let trusted: Set<ObjectMark>
    private let short: String
    private let text: String

    init(_ document: RevocationDocument, text: String, object: String) throws(Fault) {
        var keys: Set<VerifyKey> = []
        for key in document.keys {
            guard let key = VerifyKey(hexadecimal: key) else {
                throw .damaged(object, "a key in it is damaged")
            }
            keys.insert(key)
        }
        var trusted: Set<ObjectMark> = []
        for digits in document.trusted {
            guard let mark = ObjectMark(digits) else {
                throw .damaged(object, "what it lists is damaged")
            }
            trusted.insert(mark)
        }
        host = document.host
        self.keys = keys
        since = document.since
        time = document.time
        self.trusted = trusted
        self.text = text
        short = Hashing.sha256(Array(text.utf8)).short
    }

    /// How many objects stay trusted.
    public var count: Int { trusted.count }

    /// Whether it lists an object.
    func lists(_ object: ObjectMark) -> Bool { trusted.contains(object) }

    /// The name of the document in every copy.
    var name: ObjectName { VaultName.revocation(host, short: short).objectName }

    /// The document as it is stored.
    var bytes: [UInt8] { Array(text.utf8) }
}
