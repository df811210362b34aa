/// When a request is tried again: exponential back-off with full jitter, a bound in attempts and one in time.
package struct RetrySchedule: Sendable {
    /// How an attempt failed.
    package enum Failure: Sendable, Equatable {
        /// The server answers that it cannot do it at the moment.
        case busy
        /// The connection broke, so nobody knows what the server did.
        case broken
        /// Nothing answered at all.
        case unanswered
    }

    private let patience: S3Patience
    /// How many attempts have failed.
    package private(set) var failures = 0
    private var isAnswered = false

    /// Begins before the first attempt.
    package init(_ patience: S3Patience) { self.patience = patience }

    /// Decides whether there is another attempt.
    ///
    /// - Parameters:
    ///   - failure: How the last attempt failed.
    ///   - passed: The time since the first one began.
    ///   - asked: The wait that the server asks for.
    ///   - generator: Spreads the attempts of many clients.
    /// - Returns: How long to wait before it; nil when there should be none.
    package mutating func wait(
        after failure: Failure,
        passed: Duration,
        asked: Duration?,
        using generator: inout some RandomNumberGenerator
    ) -> Duration? {
        failures += 1
        isAnswered = isAnswered || failure != .unanswered
        guard failures < (isAnswered ? patience.attempts : patience.attemptsUnanswered) else {
            return nil
        }
        var longest = patience.firstWait
        for _ in 1..<failures where longest < patience.longestWait { longest = longest + longest }
        longest = min(longest, patience.longestWait)
        let chosen = longest * Double.random(in: 0...1, using: &generator)
        let wait = max(chosen, asked ?? .zero)
        return passed + wait <= patience.total ? wait : nil
    }
}
