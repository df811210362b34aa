package import Model
package import PostgresWire

/// Why a backup reads everything, although one before it is at hand or might be.
package enum ReadingFallback: Error, Hashable {
    /// There is no snapshot before.
    case first
    /// Somebody asked for it.
    case asked
    /// The one before has damaged pages, which are found again only by reading.
    case damagedBefore
    /// The one before does not say where it began.
    case unknownStart
    /// The log does not lead from the one before to this one.
    case refused(MapChain.Refusal)
    /// The one before ended behind this position, where this one begins or its timeline left that of the one before.
    case endsLater(LSN)
    /// This host has read more of a timeline than the server lived through, up to this position: it may have been another log.
    case readBeyond(timeline: UInt32, LSN)
    /// The log of this version of the server is not known.
    case unknownVersion
    /// The way that is open cannot read parts of files.
    case wholeFiles
    /// The page ids of the one before are not at hand.
    case noPages
    /// Everything was read too long ago.
    case due(since: Instant)

    /// The reason, as the end of a sentence.
    package var text: String {
        switch self {
        case .first: "there is no backup before"
        case .asked: "it was asked for"
        case .damagedBefore: "the backup before has damaged pages"
        case .unknownStart: "the backup before does not say where it began"
        case .refused(let refusal): Self.text(refusal)
        case .endsLater(let position):
            "the backup before holds more than the log up to \(position), which is all that this one shares with it"
        case .readBeyond(let timeline, let position):
            "the server left timeline \(timeline) at \(position), and this host has read on there"
        case .unknownVersion: "the log of this server's version is not known"
        case .wholeFiles: "the replication protocol sends whole files"
        case .noPages: "this host does not remember the pages of the backup before"
        case .due(let since): "the last full reading was at \(since.rfc3339(digits: 0))"
        }
    }

    private static func text(_ refusal: MapChain.Refusal) -> String {
        switch refusal {
        case .otherCluster: "the backup before is of another cluster"
        case .otherHistory: "the backup before is of a timeline that this one does not come from"
        case .checksumsToggled: "page checksums were turned on or off"
        case .missing(let timeline, let from):
            "the log has a gap at \(from) of timeline \(timeline)"
        case .doubt(let doubt):
            switch doubt.reason {
            case .unknownChange: "an extension changed files in its own way at \(doubt.position)"
            case .minimalLogging: "the server ran with wal_level = minimal at \(doubt.position)"
            case .malformed: "the log has a record of an unknown form at \(doubt.position)"
            case .tooLarge: "more changed than can be told one by one"
            }
        }
    }
}
