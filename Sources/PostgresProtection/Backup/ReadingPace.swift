package import Model
package import Protection
package import SystemIO

/// Holds the reading of a cluster's files to what the configuration allows, and backs off while the database is busy.
///
/// Used by one task at a time.
package final class ReadingPace {
    /// Counts the sessions that run something.
    package typealias Count = () throws(Fault) -> Int

    /// How much is read between two measurements.
    private static let sample: Int64 = 1 << 20
    /// How often the database is looked at.
    private static let interval = Duration.seconds(1)

    private let pacer: Pacer?
    private let timepiece: Timepiece
    private let progress: ProgressReporter
    private let count: Count?
    private var backOff: BackOff
    private var bytes: Int64 = 0
    private var waited = Duration.zero
    private var longest = Duration.zero
    private var sampleBegan = Duration.zero
    private var looked = Duration.zero

    /// Reads at most `limit` bytes a second; `count` is asked once a second where the bounds need it.
    package init(
        limit: ByteCount?,
        bounds: BackOff.Bounds,
        progress: ProgressReporter,
        timepiece: Timepiece = Timepiece(ContinuousClock()),
        count: Count? = nil
    ) {
        pacer = limit.map { Pacer(bytesPerSecond: $0, timepiece) }
        self.timepiece = timepiece
        self.progress = progress
        self.count = bounds.sessions == nil ? nil : count
        backOff = BackOff(bounds)
    }

    /// Notes how long the source took to give the bytes that come next.
    func waited(_ time: Duration) { waited += time }

    /// Waits until the reading may go on, after so many bytes were read.
    ///
    /// - Throws: `E-CANCELLED`, and what counting throws.
    func pass(_ bytes: Int) async throws(Fault) {
        try await pacer?.pass(bytes)
        guard backOff.bounds != BackOff.Bounds() else { return }
        self.bytes += Int64(bytes)
        guard self.bytes >= Self.sample else { return }
        let now = timepiece.passed()
        longest = max(longest, waited / Int((self.bytes + Self.sample - 1) / Self.sample))
        if now - looked >= Self.interval { try look(now) }
        let pause = backOff.pause(after: now - sampleBegan)
        if pause > .zero { try await timepiece.wait(pause) }
        self.bytes = 0
        waited = .zero
        sampleBegan = timepiece.passed()
    }

    private func look(_ now: Duration) throws(Fault) {
        let look = BackOff.Look(sessions: try count?(), wait: longest)
        if let note = backOff.observe(look) { progress(.note(note)) }
        longest = .zero
        looked = now
    }
}
