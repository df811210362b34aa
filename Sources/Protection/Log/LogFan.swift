package import Model
internal import Synchronization
package import Vault

/// Hands the log to several copies at once, each at its own pace.
///
/// Memory: what may wait for the slowest copy, since all store the same objects.
package final class LogFan: Sendable {
    /// What a lane does next.
    package enum Work: Sendable {
        case store(LogFront.Entry)
        case catchUp
    }

    /// A copy that does not come back from storing something.
    package struct Overdue: Sendable, Hashable {
        /// Which.
        package let copy: Int
        /// Whether another copy takes the log meanwhile.
        package let goesOn: Bool

        package init(copy: Int, goesOn: Bool) {
            self.copy = copy
            self.goesOn = goesOn
        }
    }

    private struct State {
        var front: LogFront
        var vaults: [Vault?]
        /// When each copy began with what it is at; nil when it is at nothing.
        var since: [ContinuousClock.Instant?]
        /// The copies that were called overdue with what they are at.
        var overdue: Set<Int> = []
        var isClosed = false
        var sleepers: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    /// Begins; `vaults` are the copies that are open.
    package init(_ front: LogFront, vaults: [Vault?]) {
        state = Mutex(State(front: front, vaults: vaults, since: vaults.map { _ in nil }))
    }

    /// Runs `body` with the lanes beside it; when it ends, they store what waits for those that follow and end too.
    package func running<Value: Sendable>(
        _ lanes: [LogLane],
        _ body: () async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let result: Result<Value, Fault> = await withTaskGroup(of: Void.self) { group in
            for lane in lanes { group.addTask { await lane.run() } }
            let result: Result<Value, Fault>
            do throws(Fault) {
                result = .success(try await body())
            } catch { result = .failure(error) }
            close()
            return result
        }
        return try result.get()
    }

    /// Looks at the front, or changes it; lanes that wait look again.
    package func withFront<Value: Sendable>(_ body: (inout LogFront) -> Value) -> Value {
        state.withLock { state in
            defer { Self.wake(&state) }
            return body(&state.front)
        }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// The open vault of a copy; nil when it has to be opened.
    func vault(_ copy: Int) -> Vault? { state.withLock { $0.vaults[copy] } }

    /// Remembers a copy that was opened, or that it must be opened anew.
    func keep(_ vault: Vault?, of copy: Int) { state.withLock { $0.vaults[copy] = vault } }

    /// The copies that have been storing one piece for longer than `bound`, each told once.
    ///
    /// A call of the system that does not come back, of a disk that hangs or a server that is gone, cannot be ended from here:
    /// its thread waits with it. What waits for such a copy is given up where another one takes the log; it is brought up to
    /// date when the call has come back.
    package func overdue(after bound: Duration) -> [Overdue] {
        state.withLock { state in
            let now = ContinuousClock.now
            let late = state.since.indices.filter { copy in
                !state.overdue.contains(copy)
                    && (state.since[copy].map { now - $0 > bound } ?? false)
            }
            state.overdue.formUnion(late)
            let stuck = state.overdue
            return late.map { copy in
                let goesOn = state.front.goesOn(without: stuck)
                if goesOn { state.front.fallBehind(copy) }
                return Overdue(copy: copy, goesOn: goesOn)
            }
        }
    }

    /// What a lane does next, waiting for it; nil at the end.
    func work(for copy: Int) async -> Work? {
        state.withLock { state in
            state.since[copy] = nil
            state.overdue.remove(copy)
        }
        while true {
            let (work, isOver) = state.withLock { state -> (Work?, Bool) in
                if let entry = state.front.next(copy) {
                    state.since[copy] = .now
                    return (.store(entry), false)
                }
                let isBehind = state.front.standing(copy) == .behind
                return (isBehind && !state.isClosed ? .catchUp : nil, state.isClosed)
            }
            if work != nil || isOver { return work }
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    if state.isClosed || state.front.next(copy) != nil
                        || state.front.standing(copy) == .behind
                    {
                        continuation.resume()
                    } else {
                        state.sleepers.append(continuation)
                    }
                }
            }
        }
    }

    private func close() {
        state.withLock { state in
            state.isClosed = true
            Self.wake(&state)
        }
    }

    private static func wake(_ state: inout State) {
        for sleeper in state.sleepers { sleeper.resume() }
        state.sleepers = []
    }
}
