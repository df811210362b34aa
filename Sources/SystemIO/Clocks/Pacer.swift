public import Model
import Synchronization

/// Holds the bytes of everybody who shares it to one rate.
public final class Pacer: Sendable {
    private let limit: Mutex<RateLimit>
    private let timepiece: Timepiece
    private let rate: Int64

    /// Lets through so many bytes a second, at least one.
    public convenience init(bytesPerSecond: ByteCount) {
        self.init(bytesPerSecond: bytesPerSecond, Timepiece(ContinuousClock()))
    }

    /// Lets through so many bytes a second of a clock.
    package init(bytesPerSecond: ByteCount, _ timepiece: Timepiece) {
        rate = max(1, bytesPerSecond.bytes)
        limit = Mutex(RateLimit(bytesPerSecond: rate))
        self.timepiece = timepiece
    }

    /// The bytes that should go through in one piece: at most a quarter of a second's, so that the flow is even.
    package var step: Int { Int(min(256 << 10, max(1 << 10, rate / 4))) }

    /// Waits until some bytes may go through.
    ///
    /// - Throws: `E-CANCELLED`.
    public func pass(_ bytes: Int) async throws(Fault) {
        let wait = limit.withLock { $0.wait(bytes: bytes, now: timepiece.passed()) }
        if wait > .zero { try await timepiece.wait(wait) }
    }
}
