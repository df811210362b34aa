public import Model

/// Why a map of changed blocks must not be relied on, so that everything is read.
public struct MapDoubt: Sendable, Hashable {
    /// What happened.
    public enum Reason: UInt8, Sendable, Hashable, CaseIterable {
        /// A record changed files in a way that only its resource manager knows.
        case unknownChange = 1
        /// The server ran with `wal_level = minimal`, and may have written relations without
        /// logging them.
        case minimalLogging
        /// A record of a kind that matters is not of the form that it must have.
        case malformed
        /// More changed than a map has room for.
        case tooLarge
    }

    /// What happened.
    public let reason: Reason
    /// The record.
    public let position: LSN
}
