public import Model
public import ObjectStorage
import Synchronization

/// A store that misbehaves by script.
public final class FaultyStore: StoreDecorator {
    /// How one call misbehaves.
    public enum Misbehaviour: Sendable {
        /// It fails and does nothing.
        case fail(Fault)
        /// It does what it should, and then fails.
        case failAfterwards(Fault)
        /// `get` and `read` hand out, and `put` stores, only so many bytes; `list` reports only so many objects.
        case short(Int)
        /// `get` and `read` hand out, and `put` stores, bytes of which one is flipped.
        case flip(at: Int)
        /// `put`, `remove` and `keep` claim success and do nothing; `status` and `list` find nothing.
        case pretend
    }

    /// Which call misbehaves, and how.
    public struct Rule: Sendable {
        let kind: StoreOperation.Kind
        let prefix: String
        let number: Int
        let misbehaviour: Misbehaviour

        /// Lets the call of a kind with a number, counted from 1, misbehave; of puts, only those below a prefix count.
        public init(
            _ kind: StoreOperation.Kind,
            below prefix: String = "",
            number: Int,
            _ misbehaviour: Misbehaviour
        ) {
            precondition(kind == .put || prefix.isEmpty, "a prefix is for puts")
            self.kind = kind
            self.prefix = prefix
            self.number = number
            self.misbehaviour = misbehaviour
        }
    }

    /// The store underneath.
    public let store: any ObjectStore
    private let rules: [Rule]
    /// How many calls each rule was asked about.
    private let counts: Mutex<[Int]>

    /// Wraps a store.
    public init(_ store: any ObjectStore, _ rules: [Rule]) {
        self.store = store
        self.rules = rules
        counts = Mutex(Array(repeating: 0, count: rules.count))
    }

    /// Stores an object, or does not.
    ///
    /// - Throws: What the script or the store underneath says.
    public func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault) {
        let rule = next(.put, name.text)
        if case .pretend = rule { return }
        if case .fail(let fault) = rule { throw fault }
        try await store.put(name, Self.spoilt(bytes, rule))
        if case .failAfterwards(let fault) = rule { throw fault }
    }

    /// Replaces an object, or does not; counts as `put`.
    ///
    /// - Throws: What the script or the store underneath says.
    public func supersede(_ name: ObjectName, with bytes: [UInt8]) async throws(Fault) {
        let rule = next(.put, name.text)
        if case .pretend = rule { return }
        if case .fail(let fault) = rule { throw fault }
        try await store.supersede(name, with: Self.spoilt(bytes, rule))
        if case .failAfterwards(let fault) = rule { throw fault }
    }

    /// Reads an object, or something like it.
    ///
    /// - Throws: What the script or the store underneath says.
    public func get(_ name: ObjectName, limit: Int) async throws(Fault) -> [UInt8] {
        let rule = try failing(.get)
        return Self.spoilt(try await store.get(name, limit: limit), rule)
    }

    /// Reads a part of an object, or something like it.
    ///
    /// - Throws: What the script or the store underneath says.
    public func read(_ name: ObjectName, range: Range<Int64>) async throws(Fault) -> [UInt8] {
        let rule = try failing(.read)
        return Self.spoilt(try await store.read(name, range: range), rule)
    }

    /// What is known about an object, or not.
    ///
    /// - Throws: What the script or the store underneath says.
    public func status(_ name: ObjectName) async throws(Fault) -> ObjectInfo? {
        if case .pretend = try failing(.status) { return nil }
        return try await store.status(name)
    }

    /// Reports every object below a prefix, or some.
    ///
    /// - Throws: What the script, the store underneath or `body` says.
    public func list(
        _ prefix: String,
        _ body: (ObjectInfo) throws(Fault) -> Void
    ) async throws(Fault) {
        let rule = next(.list)
        var rest = Int.max
        switch rule {
        case .fail(let fault): throw fault
        case .pretend: return
        case .short(let count): rest = count
        default: break
        }
        try await store.list(prefix) { (info) throws(Fault) in
            guard rest > 0 else { return }
            rest -= 1
            try body(info)
        }
        if case .failAfterwards(let fault) = rule { throw fault }
    }

    /// Removes an object, or does not.
    ///
    /// - Throws: What the script or the store underneath says.
    public func remove(_ name: ObjectName) async throws(Fault) {
        let rule = next(.remove)
        if case .pretend = rule { return }
        if case .fail(let fault) = rule { throw fault }
        try await store.remove(name)
        if case .failAfterwards(let fault) = rule { throw fault }
    }

    /// Protects an object from deletion, or does not.
    ///
    /// - Throws: What the script or the store underneath says.
    public func keep(_ name: ObjectName, until time: Instant) async throws(Fault) {
        let rule = next(.keep)
        if case .pretend = rule { return }
        if case .fail(let fault) = rule { throw fault }
        try await store.keep(name, until: time)
        if case .failAfterwards(let fault) = rule { throw fault }
    }

    private func next(_ kind: StoreOperation.Kind, _ name: String = "") -> Misbehaviour? {
        counts.withLock { counts in
            var found: Misbehaviour?
            for (index, rule) in rules.enumerated()
            where rule.kind == kind && name.hasPrefix(rule.prefix) {
                counts[index] += 1
                if counts[index] == rule.number { found = found ?? rule.misbehaviour }
            }
            return found
        }
    }

    private func failing(_ kind: StoreOperation.Kind) throws(Fault) -> Misbehaviour? {
        let rule = next(kind)
        switch rule {
        case .fail(let fault), .failAfterwards(let fault): throw fault
        default: return rule
        }
    }

    private static func spoilt(_ bytes: [UInt8], _ misbehaviour: Misbehaviour?) -> [UInt8] {
        switch misbehaviour {
        case .short(let count): return Array(bytes.prefix(count))
        case .flip(let index) where bytes.indices.contains(index):
            var bytes = bytes
            bytes[index] ^= 1
            return bytes
        default: return bytes
        }
    }
}
