import Synchronization

/// Lets some tasks take turns: one goes on at a time, from one of its steps to the next, and a test decides which.
///
/// A step is what a task does from one pause to the next. All of it runs on one ``SeededExecutor``, so that the choices and
/// the seed make the whole order. It can be used again when a run has ended.
public final class Interleaving: Sendable {
    /// A task that takes turns; its place among the others is its seat.
    public struct Part: Sendable {
        let first: String
        let work: @Sendable () async -> Void

        /// Describes a task by the name of its first step and what it does.
        public init(first: String, _ work: @escaping @Sendable () async -> Void) {
            self.first = first
            self.work = work
        }
    }

    /// A step of somebody.
    public struct Turn: Sendable, Hashable, CustomStringConvertible {
        /// Who takes it.
        public let seat: Int
        /// Its name.
        public let step: String

        /// `<seat>.<step>`.
        public var description: String { "\(seat).\(step)" }
    }

    /// Who goes on.
    public struct Choice: Sendable {
        let seat: Int
        let death: Death?

        /// Lets a seat take its step.
        ///
        /// Its machine dies after so many calls, if that is said; the store may still hear the one at which it dies.
        public init(_ seat: Int, dyingAfter calls: Int? = nil, isLastHeard: Bool = false) {
            self.seat = seat
            death = calls.map { Death(callsLeft: $0, isLastHeard: isLastHeard) }
        }
    }

    /// What becomes of a call.
    enum Fate {
        case works, isLost, isLast
    }

    /// When a machine dies.
    struct Death {
        var callsLeft: Int
        var isLastHeard: Bool
    }

    private struct Seat {
        var step = ""
        /// The step that it waits for; nil when it is on its way, or over.
        var next: String?
        var waiting: [CheckedContinuation<Void, Never>] = []
        var death: Death?
    }

    private struct State: ~Copyable {
        var seats: [Seat] = []
        /// How many are on their way to a pause or to their end.
        var moving = 0
        var director: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Makes one without anybody in it.
    public init() {}

    /// Runs some tasks to their ends.
    ///
    /// - Parameters:
    ///   - parts: The tasks, by seat.
    ///   - choose: Who of those that can go on does so; it is asked only when all of them wait.
    /// - Returns: The steps in the order in which they were taken.
    public func run(_ parts: [Part], choose: ([Turn]) -> Choice) async -> [Turn] {
        state.withLock { state in
            state.seats = parts.map { _ in Seat() }
            state.moving = parts.count
        }
        var turns: [Turn] = []
        await withTaskGroup(of: Void.self) { group in
            for (seat, part) in parts.enumerated() {
                group.addTask {
                    await self.pause(seat, before: part.first)
                    await part.work()
                    self.state.withLock { Self.stop(&$0) }
                }
            }
            while let ready = await ready() {
                let choice = choose(ready)
                turns += ready.filter { $0.seat == choice.seat }
                release(choice)
            }
        }
        state.withLock { $0.seats = [] }
        return turns
    }

    /// Waits until a seat may take a step; at once when it is in that step, or nothing runs.
    public func pause(_ seat: Int, before step: String) async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                guard state.seats.indices.contains(seat), state.seats[seat].step != step else {
                    continuation.resume()
                    return
                }
                let isFirst = state.seats[seat].next == nil
                state.seats[seat].next = step
                state.seats[seat].waiting.append(continuation)
                if isFirst { Self.stop(&state) }
            }
        }
    }

    /// Gives the step that a seat is in another name, without a pause.
    public func rename(_ seat: Int, to step: String) {
        state.withLock { state in
            if state.seats.indices.contains(seat) { state.seats[seat].step = step }
        }
    }

    /// The name of the step that a seat is in; empty when nothing runs.
    public func step(of seat: Int) -> String {
        state.withLock { $0.seats.indices.contains(seat) ? $0.seats[seat].step : "" }
    }

    /// Lets the machine of a seat work again after it died.
    public func revive(_ seat: Int) {
        state.withLock { $0.seats[seat].death = nil }
    }

    /// Takes note of a call of a seat.
    func call(of seat: Int) -> Fate {
        state.withLock { state in
            guard state.seats.indices.contains(seat), let death = state.seats[seat].death else {
                return .works
            }
            state.seats[seat].death?.callsLeft -= 1
            guard death.callsLeft <= 0 else { return .works }
            state.seats[seat].death?.isLastHeard = false
            return death.isLastHeard ? .isLast : .isLost
        }
    }

    /// Who can go on, once all wait; nil when all are over.
    private func ready() async -> [Turn]? {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if state.moving == 0 {
                    continuation.resume()
                } else {
                    state.director = continuation
                }
            }
        }
        let ready = state.withLock { state in
            state.seats.enumerated().compactMap { seat, present in
                present.next.map { Turn(seat: seat, step: $0) }
            }
        }
        return ready.isEmpty ? nil : ready
    }

    private func release(_ choice: Choice) {
        let waiting = state.withLock { state in
            state.moving += 1
            let waiting = state.seats[choice.seat].waiting
            state.seats[choice.seat].waiting = []
            state.seats[choice.seat].step = state.seats[choice.seat].next ?? ""
            state.seats[choice.seat].next = nil
            if let death = choice.death { state.seats[choice.seat].death = death }
            return waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private static func stop(_ state: inout State) {
        state.moving -= 1
        guard state.moving == 0 else { return }
        state.director?.resume()
        state.director = nil
    }
}
