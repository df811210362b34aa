public import Model
public import ObjectStorage
internal import Synchronization

/// Several copies of a vault as one store to read from, the best first.
///
/// An object that one copy lacks or cannot hand out comes from the next. One that turns out to be damaged is looked at in
/// every copy, and from then on comes from the first that holds it whole; see ``Vault/fromAnyCopy(_:_:)``. Where none does, a
/// copy that keeps versions may hold it whole behind what somebody put in front of it. What was met on the way is in
/// ``findings``. Nothing can be written.
public final class UnitedStore: ObjectStore {
    /// Something that one copy should have handed out and did not.
    public struct Finding: Sendable, Hashable {
        /// The address of the copy.
        public let copy: String
        /// The object.
        public let object: ObjectName
        /// What is wrong with it there.
        public let fact: String
        /// Whether it is not there, which in a copy that is behind is no damage.
        public let isMissing: Bool
        /// Whether an older version of the same copy was read in its place.
        public internal(set) var hasOlder = false
    }

    /// Where an object is whole that no copy hands out whole.
    struct Older {
        let index: Int
        let version: String
        let bytes: Int64
    }

    struct State {
        var older: [ObjectName: Older] = [:]
        var rejected: [ObjectName: Set<Int>] = [:]
        var failures: [Int]
        var served: [Int]
        var findings: [Finding] = []
        var noted: [ObjectName: Set<Int>] = [:]
    }

    /// After this many failures in a row a copy is asked last.
    private static let patience = 3
    private static let mostFindings = 1_000

    let members: [Vault]
    let state: Mutex<State>

    /// Unites copies of one vault; at least one.
    public init(_ members: [Vault]) {
        precondition(!members.isEmpty, "something is united")
        self.members = members
        let zeros = [Int](repeating: 0, count: members.count)
        state = Mutex(State(failures: zeros, served: zeros))
    }

    /// The address of the best copy.
    public var address: String { members[0].store.address }

    /// How many copies there are.
    var count: Int { members.count }

    /// What copies should have handed out and did not, in the order in which it was met.
    public var findings: [Finding] { state.withLock { $0.findings } }

    /// The addresses of the copies that handed something out, the best first.
    public var used: [String] {
        let served = state.withLock { $0.served }
        return members.indices.filter { served[$0] > 0 }.map { members[$0].store.address }
    }

    /// Reads a whole object; see ``ObjectStore/get(_:limit:)``.
    ///
    /// - Throws: As ``ObjectStore/get(_:limit:)``, when no copy hands it out.
    public func get(_ name: ObjectName, limit: Int) async throws(Fault) -> [UInt8] {
        try await first(name, { store throws(Fault) in try await store.get(name, limit: limit) }) {
            0..<$0.bytes
        }
    }

    /// Reads a part of an object; see ``ObjectStore/read(_:range:)``.
    ///
    /// - Throws: As ``ObjectStore/read(_:range:)``, when no copy hands it out.
    public func read(_ name: ObjectName, range: Range<Int64>) async throws(Fault) -> [UInt8] {
        try await first(name, { store throws(Fault) in try await store.read(name, range: range) }) {
            _ in range
        }
    }

    /// What is known about an object in the first copy that has it; see ``ObjectStore/status(_:)``.
    ///
    /// - Throws: As ``ObjectStore/status(_:)``, when a copy cannot be asked and no other has the object.
    public func status(_ name: ObjectName) async throws(Fault) -> ObjectInfo? {
        var fault: Fault?
        for index in candidates(name) {
            do throws(Fault) {
                guard let info = try await members[index].store.status(name) else { continue }
                return info
            } catch {
                if error.code == .cancelled { throw error }
                failed(index, name, error)
                fault = fault ?? error
            }
        }
        if let fault { throw fault }
        return nil
    }

    /// Reports every object that any copy has; see ``ObjectStore/list(_:_:)``.
    ///
    /// Where copies disagree about an object's length it is looked at in all of them. Holds the names in memory.
    ///
    /// - Throws: As ``ObjectStore/list(_:_:)``, when no copy can be listed.
    public func list(
        _ prefix: String,
        _ body: (ObjectInfo) throws(Fault) -> Void
    ) async throws(Fault) {
        var found: [ObjectName: [Int: ObjectInfo]] = [:]
        var listed = 0
        var fault: Fault?
        for index in members.indices {
            var infos: [ObjectInfo] = []
            do throws(Fault) {
                try await members[index].store.list(prefix) { infos.append($0) }
                listed += 1
            } catch {
                if error.code == .cancelled { throw error }
                fault = fault ?? error
                state.withLock { $0.failures[index] += 1 }
            }
            for info in infos { found[info.name, default: [:]][index] = info }
        }
        if listed == 0, let fault { throw fault }
        for name in found.keys.sorted() {
            let infos = found[name] ?? [:]
            if Set(infos.values.map(\.bytes)).count > 1 { _ = try await reconsider(name) }
            let best = candidates(name).lazy.compactMap { infos[$0] }.first
            if let info = best ?? infos.values.first { try body(info) }
        }
    }

    /// Looks at an object in every copy until one holds it whole, then at older versions; it comes from there from now on.
    ///
    /// - Returns: whether there is such a copy or version.
    /// - Throws: `E-CANCELLED`.
    func reconsider(_ object: ObjectName) async throws(Fault) -> Bool {
        guard let name = VaultName(object), state.withLock({ $0.older[object] == nil }) else {
            return false
        }
        for index in candidates(object) {
            let member = members[index]
            do throws(Fault) {
                _ = try await member.provenObject(name, in: member.store)
                return true
            } catch {
                if error.code == .cancelled { throw error }
                state.withLock { state in
                    state.rejected[object, default: []].insert(index)
                    note(index, object, error, &state)
                }
            }
        }
        guard let older = try await findOlder(object) else { return false }
        markOlder(object, older)
        return true
    }

    /// What the first copy hands out that can; else a part of an older version.
    private func first(
        _ name: ObjectName,
        _ call: (any ObjectStore) async throws(Fault) -> [UInt8],
        orOlder range: (Older) -> Range<Int64>
    ) async throws(Fault) -> [UInt8] {
        if let older = state.withLock({ $0.older[name] }) {
            return try await read(name, older, range(older))
        }
        var missed: [(index: Int, fault: Fault)] = []
        for index in candidates(name) {
            do throws(Fault) {
                let value = try await call(members[index].store)
                state.withLock { state in
                    state.failures[index] = 0
                    state.served[index] += 1
                }
                for miss in missed { failed(miss.index, name, miss.fault) }
                return value
            } catch {
                if error.code == .cancelled { throw error }
                missed.append((index, error))
            }
        }
        if let older = try await findOlder(name) {
            for miss in missed { failed(miss.index, name, miss.fault) }
            markOlder(name, older)
            return try await read(name, older, range(older))
        }
        // That an object is nowhere only counts when every copy could be asked.
        throw missed.first { $0.fault.code != .objectMissing }?.fault ?? missed.first?.fault
            ?? Fault(.nowhereWhole, "unable to read object '\(name)': no copy holds it whole")
    }

    /// The copies that may have an object whole, the best first, those that fail all the time last.
    private func candidates(_ name: ObjectName) -> [Int] {
        state.withLock { state in
            let rejected = state.rejected[name] ?? []
            let sound = members.indices.filter { !rejected.contains($0) }
            return sound.filter { state.failures[$0] < Self.patience }
                + sound.filter { state.failures[$0] >= Self.patience }
        }
    }

    private func failed(_ index: Int, _ name: ObjectName, _ fault: Fault) {
        state.withLock { state in
            if fault.code != .objectMissing { state.failures[index] += 1 }
            note(index, name, fault, &state)
        }
    }

    /// Notes what is wrong with an object in a copy, once.
    private func note(_ index: Int, _ object: ObjectName, _ fault: Fault, _ state: inout State) {
        // A copy that is gone would otherwise fill the memory with one finding an object.
        guard state.findings.count < Self.mostFindings,
            state.noted[object, default: []].insert(index).inserted
        else { return }
        state.findings.append(
            Finding(
                copy: members[index].store.address,
                object: object,
                fact: fault.message,
                isMissing: fault.code == .objectMissing
            )
        )
    }
}
