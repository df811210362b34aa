package import Model

/// A position on a timeline; those of a later timeline come after all of an earlier one.
package struct LogPlace: Sendable, Hashable, Comparable {
    package let timeline: UInt32
    package let position: LSN

    package init(_ timeline: UInt32, _ position: LSN) {
        self.timeline = timeline
        self.position = position
    }

    package static func < (left: LogPlace, right: LogPlace) -> Bool {
        (left.timeline, left.position) < (right.timeline, right.position)
    }
}
