public import Model
public import ObjectStorage

/// A store as one of several tasks sees it that take turns; its calls make up the steps of the task.
public struct SteppedStore: StoreDecorator {
    /// What a call means for the step that its task is in.
    public enum Mark: Sendable {
        /// It belongs to it.
        case same
        /// It begins another one, for which the task waits first.
        case opens(String)
        /// It is the last of it; then the task waits for another one.
        case closes(before: String)
    }

    /// Tells the mark of a call from its kind, its object or prefix, and the step that its task is in.
    public typealias Plan = @Sendable (StoreOperation.Kind, String, _ step: String) -> Mark

    /// The store underneath.
    public let store: any ObjectStore
    private let play: Interleaving
    private let seat: Int
    private let plan: Plan
    private let watch: @Sendable (StoreOperation.Kind, String) -> Void

    /// Wraps a store.
    ///
    /// - Parameters:
    ///   - store: The store that all of them share.
    ///   - play: How they take turns.
    ///   - seat: Whose calls come here.
    ///   - plan: What the calls mean.
    ///   - watch: Hears of each call before the store does.
    public init(
        _ store: any ObjectStore,
        in play: Interleaving,
        seat: Int,
        plan: @escaping Plan,
        watch: @escaping @Sendable (StoreOperation.Kind, String) -> Void
    ) {
        self.store = store
        self.play = play
        self.seat = seat
        self.plan = plan
        self.watch = watch
    }

    /// Stores an object.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault) {
        try await step(.put, name.text) { () async throws(Fault) in try await store.put(name, bytes)
        }
    }

    /// Reads an object.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func get(_ name: ObjectName, limit: Int) async throws(Fault) -> [UInt8] {
        try await step(.get, name.text) { () async throws(Fault) in
            try await store.get(name, limit: limit)
        }
    }

    /// Reads a part of an object.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func read(_ name: ObjectName, range: Range<Int64>) async throws(Fault) -> [UInt8] {
        try await step(.read, name.text) { () async throws(Fault) in
            try await store.read(name, range: range)
        }
    }

    /// What is known about an object.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func status(_ name: ObjectName) async throws(Fault) -> ObjectInfo? {
        try await step(.status, name.text) { () async throws(Fault) in try await store.status(name)
        }
    }

    /// Reports every object below a prefix.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath and `body` throw.
    public func list(
        _ prefix: String,
        _ body: (ObjectInfo) throws(Fault) -> Void
    ) async throws(Fault) {
        try await step(.list, prefix) { () async throws(Fault) in try await store.list(prefix, body)
        }
    }

    /// Removes an object.
    ///
    /// - Throws: `E-TEST-CRASHED`, and what the store underneath throws.
    public func remove(_ name: ObjectName) async throws(Fault) {
        try await step(.remove, name.text) { () async throws(Fault) in try await store.remove(name)
        }
    }

    private func step<Value>(
        _ kind: StoreOperation.Kind,
        _ name: String,
        _ call: () async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let mark = plan(kind, name, play.step(of: seat))
        if case .opens(let step) = mark { await play.pause(seat, before: step) }
        let fate = play.call(of: seat)
        let down = Fault(
            .crashed,
            "unable to use store '\(address)': the simulated machine is down"
        )
        if fate == .isLost { throw down }
        watch(kind, name)
        let value = try await call()
        if fate == .isLast { throw down }
        if case .closes(let step) = mark { await play.pause(seat, before: step) }
        return value
    }
}
