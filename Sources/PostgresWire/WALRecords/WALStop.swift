public import Model

/// Why a log cannot be read any further.
public struct WALStop: Sendable, Hashable {
    /// What was found instead of a record.
    public enum Reason: Sendable, Hashable {
        /// Zeros: nothing was ever written here. At the end of a segment file this is the end of
        /// the log.
        case unwritten
        /// The bytes do not follow the ones before.
        case gap
        /// The page is none of this version of the server.
        case pageFormat
        /// The page says that it lies elsewhere, as in a segment file that is used again.
        case pagePosition
        /// The page belongs to another cluster or has other sizes.
        case foreignPage
        /// The page's timeline is older than the one before it.
        case timelineBackwards
        /// The page does not continue the record that began before it, or continues one that did
        /// not.
        case continuation
        /// The record's length, resource manager or reference to the record before it is
        /// impossible.
        case recordHead
        /// The record's CRC is wrong.
        case checksum
        /// The CRC is right, but what the record says contradicts itself.
        case recordContent
    }

    /// What was found.
    public let reason: Reason
    /// The position of the record or page that is wrong.
    public let position: LSN
}
