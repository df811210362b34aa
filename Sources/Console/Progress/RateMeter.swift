public import Model

/// Measures a rate over the last ten seconds, so that it follows the work without jumping.
public struct RateMeter: Sendable {
    private var samples: [(at: Duration, done: Int64)] = []

    /// A meter that has seen nothing.
    public init() {}

    /// Notes how much was done at a time; times do not go back.
    ///
    /// At most 64 samples are kept.
    public mutating func add(_ done: ByteCount, at time: Duration) {
        if let last = samples.last, time - last.at < .milliseconds(200), samples.count > 1 {
            samples[samples.count - 1].done = done.bytes
            return
        }
        samples.append((time, done.bytes))
        while samples.count > 2, time - samples[1].at > .seconds(10) || samples.count > 64 {
            samples.removeFirst()
        }
    }

    /// Bytes a second; nil before there are two moments to compare.
    public var bytesPerSecond: Double? {
        guard let first = samples.first, let last = samples.last else { return nil }
        let seconds = (last.at - first.at) / .seconds(1)
        let bytes = last.done - first.done
        return seconds > 0 && bytes >= 0 ? Double(bytes) / seconds : nil
    }
}
