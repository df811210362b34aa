public import Model

/// What the head of a record of the log says.
///
/// ```text
///   0  xl_tot_len   4  xl_xid   8  xl_prev  16  xl_info  17  xl_rmid  (18, 19 unused)  20  xl_crc
///  24  heads of block references, origin and main data; then the data of each block; main data
/// ```
/// All little-endian; the CRC-32C covers what follows the first 24 bytes, then the first 20.
/// Source: `src/include/access/xlogrecord.h`.
public struct WALRecord: Sendable, Hashable {
    /// The bytes of the fixed head.
    static let headSize = 24
    /// The longest record that a server writes or reads (`MaxAllocSize`).
    static let largestLength = 0x3FFF_FFFF

    /// The position of its first byte.
    public let start: LSN
    /// The position after it, where the next one may begin: after padding, or in the next segment
    /// when it ends this one.
    public let end: LSN
    /// Its length in bytes, without the heads of pages in between.
    public let length: Int
    /// The transaction; 0 when there is none.
    public let transaction: UInt32
    /// Where the record before it begins.
    public let previous: LSN
    /// What kind of record it is, as its resource manager numbers them, and two flags.
    public let info: UInt8
    /// Who wrote it.
    public let resourceManager: WALResourceManager
    /// The bytes of its main data.
    public let mainDataLength: Int

    /// The kind without the flags.
    public var kind: UInt8 { info & 0xF0 }

    /// Whether it changes files in a way that no block reference tells (`XLR_SPECIAL_REL_UPDATE`).
    public var changesFilesSpecially: Bool { info & 0x01 != 0 }
}
