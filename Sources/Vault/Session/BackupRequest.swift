public import Model
public import SystemPackage

/// What a backup session writes, and where it keeps what it needs meanwhile.
public struct BackupRequest: Sendable {
    /// The stream that the snapshot continues.
    public let stream: StreamName
    /// What kind of component it is.
    public let kind: ComponentKind
    /// The stack snapshot that it is part of.
    public let set: String
    /// A directory of this host for the table, locks and temporary files; it exists.
    public let state: FilePath
    /// The time of day.
    public let clock: any Timekeeper
    /// The highest number that the host remembers of the stream: the new snapshot's is above it, whatever the vault shows.
    public var above: UInt64 = 0
    /// Sizes.
    public var options = SessionOptions()

    /// Describes a session.
    public init(
        stream: StreamName,
        kind: ComponentKind,
        set: String,
        state: FilePath,
        clock: any Timekeeper
    ) {
        self.stream = stream
        self.kind = kind
        self.set = set
        self.state = state
        self.clock = clock
    }
}
