public import Model
internal import Synchronization

/// A queue between tasks with room for a fixed number of elements: who adds to a full one waits.
///
/// It ends in one of two ways: ``close()``, after which consumers get what is left and then nil, or
/// ``fail(_:)``, after which everybody gets the fault at once.
public final class BoundedQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        /// Elements added and not yet reported done.
        var unfinished = 0
        var isClosed = false
        var fault: Fault?
        var producers: [CheckedContinuation<Void, Never>] = []
        var consumers: [CheckedContinuation<Void, Never>] = []
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// Makes a queue with room for `capacity` elements, at least one.
    public init(capacity: Int) {
        precondition(capacity > 0, "a queue has room for something")
        self.capacity = capacity
    }

    /// Adds an element, waiting while there is no room.
    ///
    /// - Throws: the fault that the queue failed with.
    public func push(_ element: Element) async throws(Fault) {
        while true {
            let isAdded = try state.withLock { state throws(Fault) -> Bool in
                if let fault = state.fault { throw fault }
                precondition(!state.isClosed, "nothing is added to a closed queue")
                guard state.elements.count < capacity else { return false }
                state.elements.append(element)
                state.unfinished += 1
                Self.resume(&state.consumers)
                return true
            }
            if isAdded { return }
            await wait(\.producers) { $0.fault != nil || $0.elements.count < self.capacity }
        }
    }

    /// Takes the oldest element, waiting while there is none; nil when the queue is closed and empty.
    ///
    /// - Throws: the fault that the queue failed with.
    public func next() async throws(Fault) -> Element? {
        while true {
            let (element, isOver) = try state.withLock { state throws(Fault) -> (Element?, Bool) in
                if let fault = state.fault { throw fault }
                guard !state.elements.isEmpty else { return (nil, state.isClosed) }
                Self.resume(&state.producers)
                return (state.elements.removeFirst(), false)
            }
            if element != nil || isOver { return element }
            await wait(\.consumers) { $0.fault != nil || $0.isClosed || !$0.elements.isEmpty }
        }
    }

    /// Takes the oldest element if there is one; nil does not tell whether the queue is closed.
    ///
    /// - Throws: the fault that the queue failed with.
    public func nextIfPresent() throws(Fault) -> Element? {
        try state.withLock { state throws(Fault) -> Element? in
            if let fault = state.fault { throw fault }
            guard !state.elements.isEmpty else { return nil }
            Self.resume(&state.producers)
            return state.elements.removeFirst()
        }
    }

    /// Reports that an element which ``next()`` gave has been dealt with.
    public func finished() {
        state.withLock { state in
            state.unfinished -= 1
            if state.unfinished == 0 { Self.resume(&state.waiters) }
        }
    }

    /// Waits until every element that was added has been dealt with.
    ///
    /// - Throws: the fault that the queue failed with.
    public func drain() async throws(Fault) {
        await wait(\.waiters) { $0.fault != nil || $0.unfinished == 0 }
        if let fault = state.withLock({ $0.fault }) { throw fault }
    }

    /// Lets consumers end when they have taken what is left.
    public func close() {
        state.withLock { state in
            state.isClosed = true
            Self.resume(&state.consumers)
        }
    }

    /// Ends the queue with a fault that everybody gets; the first one counts.
    public func fail(_ fault: Fault) {
        state.withLock { state in
            state.fault = state.fault ?? fault
            state.elements = []
            Self.resume(&state.consumers)
            Self.resume(&state.producers)
            Self.resume(&state.waiters)
        }
    }

    private func wait(
        _ list: sending WritableKeyPath<State, [CheckedContinuation<Void, Never>]>,
        until isReady: (State) -> Bool
    ) async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if isReady(state) {
                    continuation.resume()
                } else {
                    state[keyPath: list].append(continuation)
                }
            }
        }
    }

    private static func resume(_ list: inout [CheckedContinuation<Void, Never>]) {
        for continuation in list { continuation.resume() }
        list = []
    }
}
