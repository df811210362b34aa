/// A token bucket as a value: how long bytes have to wait, so that over any time no more than a rate goes through.
///
/// Debts are allowed: bytes that cannot be divided go at once, and those after them wait until they are paid for.
/// A quarter of a second's worth may go at once after a pause.
package struct RateLimit: Sendable, Equatable {
    private let bytesPerSecond: Double
    /// The time at which everything so far is paid for.
    private var paid = Duration.zero

    /// Lets through so many bytes a second.
    package init(bytesPerSecond: Int64) {
        self.bytesPerSecond = Double(max(1, bytesPerSecond))
        paid = .zero - Self.burst
    }

    private static let burst = Duration.milliseconds(250)

    /// Takes bytes in at a time on a clock that only moves forward, and tells how long they have to wait.
    package mutating func wait(bytes: Int, now: Duration) -> Duration {
        let turn = max(paid, now - Self.burst)
        paid = turn + .seconds(Double(bytes) / bytesPerSecond)
        return max(.zero, turn - now)
    }
}
