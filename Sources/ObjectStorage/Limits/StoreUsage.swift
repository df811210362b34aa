public import Model

/// How much a store was used.
public struct StoreUsage: Sendable, Equatable {
    /// The kinds of calls.
    public enum Call: String, Sendable, CaseIterable {
        /// ``ObjectStore/put(_:_:)``
        case put
        /// ``ObjectStore/get(_:limit:)``
        case get
        /// ``ObjectStore/read(_:range:)``
        case read
        /// ``ObjectStore/status(_:)``
        case status
        /// ``ObjectStore/list(_:_:)``
        case list
        /// ``ObjectStore/remove(_:)``
        case remove
        /// ``ObjectStore/keep(_:until:)``
        case keep
        /// ``ObjectStore/thaw(_:days:isUrgent:)``
        case thaw
    }

    /// The number of calls of each kind, those that failed included.
    public var calls: [Call: Int] = [:]
    /// The bytes of all calls that stored them.
    public var stored = ByteCount.zero
    /// The bytes of all calls that read them.
    public var read = ByteCount.zero
    /// The objects that listings reported.
    public var listed = 0

    /// Nothing yet.
    public init() {}

    /// All calls.
    public var total: Int { calls.values.reduce(0, +) }
}
