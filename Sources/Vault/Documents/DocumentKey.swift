internal import Model
internal import Sealing

/// By what a document that was taken apart is remembered: its bytes, and what was read into.
struct DocumentKey: Hashable, Sendable {
    /// Tombstones and ledgers are read several times in one collection, and in each copy of the vault.
    static let known = Recollection<DocumentKey, any Sendable>(limit: 2 << 20)

    let digest: Digest256
    let content: ObjectIdentifier
}
