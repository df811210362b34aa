public import Model

/// What happens in a base backup, in this order: `began`, then for each archive `beginArchive`,
/// `bytes`…, `endArchive`, then `ended`.
public enum BaseBackupEvent: Sendable, Hashable {
    /// What a tar archive holds.
    public enum Archive: Sendable, Hashable {
        /// The data directory, without the tablespaces outside; always last.
        case dataDirectory
        /// A tablespace; paths are relative to its directory.
        case tablespace(Tablespace)
    }

    /// The server has made its checkpoint: where replay will begin, and which tablespaces will
    /// come.
    case began(start: LSN, timeline: UInt32, tablespaces: [Tablespace])
    /// A tar archive begins.
    case beginArchive(Archive)
    /// The next bytes of the archive, for a ``TarReader``.
    case bytes([UInt8])
    /// The archive is complete.
    case endArchive
    /// All is sent: the log up to here is needed to restore.
    case ended(stop: LSN, timeline: UInt32)
}
