/// Which positions of a component's log must stay.
///
/// Each kept base keeps the log that it needs itself. From the base that begins the window of reachable seconds on,
/// everything stays, on its timeline and on every later one.
///
/// A snapshot of Redis needs no log itself, and where it lies in one only the pieces say; there times decide: what was stored
/// since the base began stays.
public struct LogNeed: Sendable, Hashable {
    /// A base backup, as far as its log is concerned.
    public struct Base: Sendable, Hashable {
        /// The timeline that it was taken on.
        public let epoch: UInt32
        /// The positions that it needs, in whole segments.
        public let span: Range<UInt64>
        /// When it was there, by the writer's clock and by the store's: the later of both.
        public let time: Instant
        /// When it began, by the writer's clock, where only times say which log leads on from it; nil where positions do.
        public let begun: Instant?
        /// Whether it is whole.
        public let isGood: Bool
        /// Whether its snapshot stays.
        public var isKept: Bool

        /// Describes a base.
        public init(
            epoch: UInt32,
            span: Range<UInt64>,
            time: Instant,
            begun: Instant? = nil,
            isGood: Bool,
            isKept: Bool
        ) {
            self.epoch = epoch
            self.span = span
            self.time = time
            self.begun = begun
            self.isGood = isGood
            self.isKept = isKept
        }
    }

    /// How far the clocks of a writer and of a store may be apart.
    private static let slack = Duration.seconds(3_600)

    private let bases: [Base]
    private let anchor: Base?
    private let windowStart: Instant?

    /// The place of the base that a window of reachable seconds begins with.
    ///
    /// It is the newest whole one that was there when the window began; without a window, the oldest kept whole one; nil
    /// when there is none.
    public static func anchor(_ bases: [Base], windowStart: Instant?) -> Int? {
        let whole = bases.indices.filter { bases[$0].isGood }
        guard let windowStart else {
            return whole.filter { bases[$0].isKept }.min { bases[$0].time < bases[$1].time }
        }
        return whole.filter { bases[$0].time <= windowStart }.max { left, right in
            (bases[left].time, bases[left].span.lowerBound)
                < (bases[right].time, bases[right].span.lowerBound)
        }
    }

    /// Works out what a stream needs.
    ///
    /// - Parameters:
    ///   - bases: every base of the stream.
    ///   - windowStart: since when every second must be reachable; nil: since the oldest kept base.
    public init(_ bases: [Base], windowStart: Instant?) {
        self.bases = bases.filter(\.isKept)
        self.windowStart = windowStart
        anchor = Self.anchor(bases, windowStart: windowStart).map { bases[$0] }
    }

    /// Whether any position of a piece of log must stay.
    ///
    /// `stored`: when the piece was stored, by the store's clock; one stored inside the window stays.
    public func needs(epoch: UInt32, _ positions: Range<UInt64>, stored: Instant) -> Bool {
        guard let anchor else { return true }
        if let begun = anchor.begun { return stored > begun - Self.slack }
        guard epoch <= anchor.epoch else { return true }
        if epoch == anchor.epoch, positions.upperBound > anchor.span.lowerBound { return true }
        if let windowStart, stored > windowStart { return true }
        return bases.contains { $0.epoch == epoch && $0.span.overlaps(positions) }
    }
}
