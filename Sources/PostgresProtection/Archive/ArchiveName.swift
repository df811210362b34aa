internal import PostgresWire

/// What a server hands to `archive_command`, by its file's name.
///
/// ```text
///   000000010000000A000000FF                   a segment
///   000000010000000A000000FF.partial           the last one of a timeline that was left inside it
///   00000002.history                           where a timeline came from
///   000000010000000A000000FF.00000028.backup   that a base backup began there
/// ```
public enum ArchiveName: Sendable, Hashable {
    /// A segment of a timeline; its digits tell the position once the size of segments is known.
    case segment(timeline: UInt32)
    /// A segment that was not filled.
    case partial(timeline: UInt32)
    /// A timeline's history.
    case history(timeline: UInt32)
    /// The note of a base backup, which nothing that Lifeboat restores needs.
    case backupNote

    /// Reads a name; nil when a server hands over no such file.
    public init?(_ name: String) {
        if let timeline = TimelineHistory.timeline(fileName: name) {
            self = .history(timeline: timeline)
            return
        }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        // The largest segments have the fewest names; every name of a smaller size is one of the smallest.
        guard let first = parts.first, let smallest = SegmentSize(bytes: 1 << 20),
            let segment = SegmentName(first, size: smallest)
        else { return nil }
        switch (parts.count, parts.last) {
        case (1, _): self = .segment(timeline: segment.timeline)
        case (2, "partial"): self = .partial(timeline: segment.timeline)
        case (3, "backup") where parts[1].utf8.count == 8: self = .backupNote
        default: return nil
        }
    }
}
