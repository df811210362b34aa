public import Model
public import ObjectStorage

/// A store whose listings do not show some objects that are there.
public struct HidingStore: StoreDecorator {
    /// The store underneath.
    public let store: any ObjectStore
    private let isHidden: @Sendable (String) -> Bool

    /// Wraps a store; `isHidden` is asked about each name.
    public init(_ store: any ObjectStore, _ isHidden: @escaping @Sendable (String) -> Bool) {
        self.store = store
        self.isHidden = isHidden
    }

    /// Reports the objects below a prefix that are not hidden.
    ///
    /// - Throws: What the store underneath and `body` throw.
    public func list(
        _ prefix: String,
        _ body: (ObjectInfo) throws(Fault) -> Void
    ) async throws(Fault) {
        try await store.list(prefix) { (info) throws(Fault) in
            if !isHidden(info.name.text) { try body(info) }
        }
    }
}
