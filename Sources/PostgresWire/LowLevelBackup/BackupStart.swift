public import Model

/// What the server says when a low-level backup begins.
public struct BackupStart: Sendable, Hashable {
    /// Where replay will begin.
    public let position: LSN
    /// The timeline; on a standby, that of its last restart point.
    public let timeline: UInt32
}
