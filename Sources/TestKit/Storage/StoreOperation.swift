/// One call that a store got.
public struct StoreOperation: Sendable, Hashable {
    /// The kind of a call.
    public enum Kind: Sendable, Hashable, CaseIterable {
        /// `put`
        case put
        /// `get`
        case get
        /// `read`
        case read
        /// `status`
        case status
        /// `list`
        case list
        /// `remove`
        case remove
        /// `keep`
        case keep

        /// Whether it changes the store.
        public var isMutating: Bool { self == .put || self == .remove || self == .keep }
    }

    /// What was called.
    public let kind: Kind
    /// The name of the object, or the prefix of the listing.
    public let name: String
    /// The bytes that were stored or handed out.
    public let bytes: Int

    /// Describes a call.
    public init(_ kind: Kind, _ name: String, bytes: Int = 0) {
        self.kind = kind
        self.name = name
        self.bytes = bytes
    }
}
