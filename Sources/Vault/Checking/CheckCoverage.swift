package import Model

/// Which names have been verified, and since when: ranges that do not overlap, in order.
///
/// A value without input or output.
package struct CheckCoverage: Sendable {
    /// Names that were verified in one go.
    package struct Segment: Sendable, Hashable {
        package fileprivate(set) var range: NameRange
        /// When the verification began: objects that were stored later were not part of it.
        package let since: Instant
    }

    package private(set) var segments: [Segment] = []

    /// Nothing was verified.
    package init() {}

    /// Whether every name has been verified at some time.
    package var isWhole: Bool {
        var reached = ""
        for segment in segments {
            guard segment.range.after <= reached else { return false }
            reached = segment.range.through
            if reached.isEmpty { return true }
        }
        return false
    }

    /// Since when the oldest of it is verified.
    package var oldest: Instant? { segments.lazy.map(\.since).min() }

    /// Since when a name is verified; nil when it never was.
    package func since(of name: String) -> Instant? {
        let next = segments.indices.first(from: { name <= segments[$0].range.after })
        guard next > 0, segments[next - 1].range.contains(name) else { return nil }
        return segments[next - 1].since
    }

    /// Notes a newer verification, which replaces what was known of its names.
    package mutating func replace(_ range: NameRange, since: Instant) {
        var kept: [Segment] = []
        for segment in segments {
            for rest in segment.range.subtracting(range) {
                kept.append(Segment(range: rest, since: segment.since))
            }
        }
        segments = Self.joined(kept + [Segment(range: range, since: since)])
    }

    /// Notes an older verification, which counts where nothing newer is known.
    package mutating func fill(_ range: NameRange, since: Instant) {
        var rests = [range]
        for segment in segments { rests = rests.flatMap { $0.subtracting(segment.range) } }
        segments = Self.joined(segments + rests.map { Segment(range: $0, since: since) })
    }

    private static func joined(_ segments: [Segment]) -> [Segment] {
        var joined: [Segment] = []
        for segment in segments.sorted(by: { $0.range.after < $1.range.after }) {
            if let last = joined.last, last.since == segment.since,
                last.range.through == segment.range.after, !last.range.through.isEmpty
            {
                joined[joined.count - 1].range = NameRange(
                    after: last.range.after,
                    through: segment.range.through
                )
            } else {
                joined.append(segment)
            }
        }
        return joined
    }
}

extension NameRange {
    /// What is left without another range: nothing, one piece or two.
    func subtracting(_ other: NameRange) -> [NameRange] {
        var rests: [NameRange] = []
        if after < other.after {
            let end = through.isEmpty || other.after < through ? other.after : through
            rests.append(NameRange(after: after, through: end))
        }
        if !other.through.isEmpty, through.isEmpty || other.through < through {
            rests.append(NameRange(after: max(after, other.through), through: through))
        }
        return rests
    }
}
