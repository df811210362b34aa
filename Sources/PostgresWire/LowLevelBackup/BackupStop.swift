public import Model

/// What the server says when a low-level backup ends.
public struct BackupStop: Sendable, Hashable {
    /// How far the log is needed to restore.
    public let position: LSN
    /// The content of `backup_label`, byte for byte.
    public let labelFile: [UInt8]
    /// The content of `tablespace_map`, byte for byte; empty when there is no tablespace outside.
    public let tablespaceMap: [UInt8]
    /// What ``labelFile`` says.
    public let label: BackupLabel
}
