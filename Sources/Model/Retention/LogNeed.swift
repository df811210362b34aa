/// Which positions of a component's log must stay.
///
/// Each kept base keeps the log that it needs itself. From the base that begins the window of reachable seconds on,
/// everything stays, on its timeline and on every later one; so does each base behind a gap.
///
/// Positions decide, whatever clocks do. A snapshot of Redis needs no log itself, and where it lies in one only the pieces
/// say: what lies behind its ``Place`` stays, and so does what was stored since it began. The place alone is right after a clock
/// that was ahead, the time alone where no piece says the place.
public struct LogNeed: Sendable, Hashable {
    /// A base backup, as far as its log is concerned.
    public struct Base: Sendable, Hashable {
        /// The timeline that it was taken on.
        public let epoch: UInt32
        /// The positions that it needs, in whole segments.
        public let span: Range<UInt64>
        /// When it was there, by the writer's clock and by the store's: the later of both.
        public let time: Instant
        /// When it began, by the writer's clock, where it does not say itself which log leads on from it; nil where it does.
        public let begun: Instant?
        /// Where the log leads on from it, which counts where ``begun`` is given; nil when that is not known.
        public let place: Place?
        /// The unbroken stretch of log that leads on from it, any number; nil when none is known.
        public let stretch: Int?
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
            place: Place? = nil,
            stretch: Int? = nil,
            isGood: Bool,
            isKept: Bool
        ) {
            self.epoch = epoch
            self.span = span
            self.time = time
            self.begun = begun
            self.place = place
            self.stretch = stretch
            self.isGood = isGood
            self.isKept = isKept
        }
    }

    /// A place in all the log of a stream: epochs, and positions inside one, rise as the log is written.
    public struct Place: Sendable, Hashable {
        /// The epoch.
        public let epoch: UInt32
        /// The position in it.
        public let position: UInt64

        /// Names a place.
        public init(epoch: UInt32, position: UInt64) {
            self.epoch = epoch
            self.position = position
        }
    }

    /// How far the clocks of a writer and of a store may be apart.
    private static let slack = Duration.seconds(3_600)

    private let bases: [Base]
    private let anchor: Base?
    private let windowStart: Instant?
    private let place: Place?

    /// The index of the base that a window of reachable seconds begins with.
    ///
    /// It is the newest whole one that was there when the window began; without a window, the first kept whole one; nil
    /// when there is none. The first is the one with the lowest number: a copy may have got it last, and a clock may have been ahead.
    public static func anchor(_ bases: [Base], windowStart: Instant?) -> Int? {
        let whole = bases.indices.filter { bases[$0].isGood }
        guard let windowStart else {
            return whole.first { bases[$0].isKept }
        }
        return whole.filter { bases[$0].time <= windowStart }.max { left, right in
            (bases[left].time, bases[left].span.lowerBound)
                < (bases[right].time, bases[right].span.lowerBound)
        }
    }

    /// The indices of the bases with which the log begins that a window of reachable seconds needs; they must stay.
    ///
    /// One is the ``anchor(_:windowStart:)``. Behind it, or where there is none, it is the first whole one of each unbroken stretch of
    /// log: nothing before it leads there.
    public static func beginnings(_ bases: [Base], windowStart: Instant?) -> [Int] {
        let anchor = anchor(bases, windowStart: windowStart)
        var begun = Set([anchor.flatMap { bases[$0].stretch }].compactMap(\.self))
        let later = bases.indices.dropFirst(anchor.map { $0 + 1 } ?? 0).filter { index in
            bases[index].isGood && bases[index].stretch.map { begun.insert($0).inserted } ?? false
        }
        return [anchor].compactMap(\.self) + later
    }

    /// Works out what a stream needs.
    ///
    /// - Parameters:
    ///   - bases: every base of the stream, by number.
    ///   - windowStart: since when every second must be reachable; nil: since the oldest kept base.
    public init(_ bases: [Base], windowStart: Instant?) {
        self.bases = bases.filter(\.isKept)
        self.windowStart = windowStart
        let anchor = Self.anchor(bases, windowStart: windowStart)
        self.anchor = anchor.map { bases[$0] }
        // Where no log leads on from it, that of the first behind it counts from which one does.
        place = anchor.flatMap { bases[$0...].lazy.compactMap(\.place).first }
    }

    /// Whether any position of a piece of log must stay.
    ///
    /// `stored`: when the piece was stored, by the store's clock; one stored inside the window stays.
    public func needs(epoch: UInt32, _ positions: Range<UInt64>, stored: Instant) -> Bool {
        guard let anchor else { return true }
        if let begun = anchor.begun {
            if stored > begun - Self.slack { return true }
            guard let place else { return false }
            // A piece that ends there may be the only one that says of which history the place is.
            return (epoch, positions.upperBound) >= (place.epoch, place.position)
        }
        guard epoch <= anchor.epoch else { return true }
        if epoch == anchor.epoch, positions.upperBound > anchor.span.lowerBound { return true }
        if let windowStart, stored > windowStart { return true }
        return bases.contains { $0.epoch == epoch && $0.span.overlaps(positions) }
    }
}
