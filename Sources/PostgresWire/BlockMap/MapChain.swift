public import Model

/// The way of a cluster's log from one backup to the next, and the maps along it.
public struct MapChain: Sendable {
    /// A point that a backup began at.
    public struct Point: Sendable, Hashable {
        /// The cluster.
        public let systemIdentifier: UInt64
        /// The timeline.
        public let timeline: UInt32
        /// The start position of the backup.
        public let position: LSN
        /// Whether data pages carried checksums.
        public let hasDataChecksums: Bool

        /// Puts one together.
        public init(
            systemIdentifier: UInt64,
            timeline: UInt32,
            position: LSN,
            hasDataChecksums: Bool
        ) {
            self.systemIdentifier = systemIdentifier
            self.timeline = timeline
            self.position = position
            self.hasDataChecksums = hasDataChecksums
        }
    }

    /// Why a backup cannot build on another.
    public enum Refusal: Sendable, Hashable, Error {
        /// They are of different clusters.
        case otherCluster
        /// The earlier one is no ancestor of the later one.
        case otherHistory
        /// Page checksums were turned on or off between them, which rewrites pages without a word
        /// in the log.
        case checksumsToggled
        /// No map covers the log from here on.
        case missing(timeline: UInt32, from: LSN)
        /// Files changed in a way that the log does not tell.
        case doubt(MapDoubt)
    }

    /// A part of the way on one timeline.
    public struct Leg: Sendable, Hashable {
        /// The timeline.
        public let timeline: UInt32
        /// Where its part begins.
        public let from: LSN
        /// Where it ends: the next timeline's beginning, or the later backup's.
        public let to: LSN
        /// Whether another timeline follows.
        public let isLeft: Bool
    }

    /// The way, in order.
    public let legs: [Leg]

    /// The way from one backup to a later one, whose timeline has this history.
    ///
    /// - Throws: Why there is none; ``Refusal/missing(timeline:from:)`` and
    ///   ``Refusal/doubt(_:)`` come later, from ``join(_:budget:)``.
    public init(
        from prior: Point,
        to now: Point,
        history: TimelineHistory
    ) throws(Refusal) {
        guard prior.systemIdentifier == now.systemIdentifier else { throw .otherCluster }
        guard prior.hasDataChecksums == now.hasDataChecksums else { throw .checksumsToggled }
        guard history.timeline == now.timeline, prior.position <= now.position else {
            throw .otherHistory
        }
        var legs: [Leg] = []
        var place = prior.position
        if prior.timeline != now.timeline {
            guard let index = history.ancestors.firstIndex(where: { $0.timeline == prior.timeline })
            else { throw .otherHistory }
            for ancestor in history.ancestors[index...] {
                guard place <= ancestor.switchPoint else { throw .otherHistory }
                legs.append(
                    Leg(
                        timeline: ancestor.timeline,
                        from: place,
                        to: ancestor.switchPoint,
                        isLeft: true
                    )
                )
                place = ancestor.switchPoint
            }
            guard place <= now.position else { throw .otherHistory }
        }
        legs.append(Leg(timeline: now.timeline, from: place, to: now.position, isLeft: false))
        self.legs = legs
    }

    /// Joins the maps along the way to one.
    ///
    /// Maps of other parts of the log do no harm. Cost: the maps are sorted and each is added once.
    ///
    /// - Throws: ``Refusal/missing(timeline:from:)`` where no map covers the way;
    ///   ``Refusal/doubt(_:)`` when one of those that are needed must not be relied on.
    public func join(
        _ maps: [BlockMap],
        budget: Int = BlockMap.standardBudget
    ) throws(Refusal) -> BlockMap {
        let first = legs[0]
        var joined = BlockMap(
            timeline: legs[legs.count - 1].timeline,
            start: first.from,
            budget: budget
        )
        for leg in legs {
            var reached = leg.from
            let candidates = maps.filter { $0.timeline == leg.timeline }.sorted {
                $0.start < $1.start
            }
            for map in candidates where reached < leg.to && map.start <= reached {
                let end = leg.isLeft && map.readEnd >= leg.to ? leg.to : map.end
                guard end > reached else { continue }
                joined.formUnion(map)
                reached = end
            }
            guard reached >= leg.to else {
                throw .missing(timeline: leg.timeline, from: reached)
            }
            joined.extend(to: leg.to, read: leg.to)
        }
        if let doubt = joined.doubt { throw .doubt(doubt) }
        return joined
    }
}
