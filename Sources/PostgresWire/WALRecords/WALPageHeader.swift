public import Model

/// The head of a page of the log.
///
/// ```text
///   0  xlp_magic   2  xlp_info   4  xlp_tli   8  xlp_pageaddr  16  xlp_rem_len   (20 to 23 unused)
///  24  xlp_sysid  32  xlp_seg_size  36  xlp_xlog_blcksz      only in the first page of a segment
/// ```
/// All little-endian. `xlp_rem_len` is what is left of a record that began on an earlier page.
/// Source: `src/include/access/xlog_internal.h`.
public struct WALPageHeader: Sendable, Hashable {
    /// The bytes of a page.
    public static let pageSize: UInt64 = 8192
    /// The bytes of the head of a page.
    public static let shortSize = 24
    /// The bytes of the head of a segment's first page.
    public static let longSize = 40

    /// What the flags say.
    public struct Flags: OptionSet, Sendable, Hashable {
        /// The bits.
        public let rawValue: UInt16

        /// Wraps bits.
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// The page begins inside a record.
        public static let continuation = Flags(rawValue: 1)
        /// The head is the longer one.
        public static let long = Flags(rawValue: 2)
        /// The server may remove the backup blocks of this page.
        public static let removable = Flags(rawValue: 4)
        /// The record that began on an earlier page never ended: the server crashed, and goes on
        /// here.
        public static let overwrite = Flags(rawValue: 8)
        /// All that are known.
        static let all: Flags = [.continuation, .long, .removable, .overwrite]
    }

    /// The format's magic.
    public let magic: UInt16
    /// The flags.
    public let flags: Flags
    /// The timeline that the page was written on.
    public let timeline: UInt32
    /// Where the page lies.
    public let position: LSN
    /// The bytes of a record from an earlier page that are still to come.
    public let remaining: UInt32

    /// How long the head of the page at a position is.
    static func size(at position: UInt64, segmentSize: SegmentSize) -> Int {
        position % segmentSize.bytes == 0 ? longSize : shortSize
    }

    /// Reads the first 24 bytes.
    init(_ bytes: RawSpan) {
        magic = bytes.littleEndian(UInt16.self, at: 0)
        flags = Flags(rawValue: bytes.littleEndian(UInt16.self, at: 2))
        timeline = bytes.littleEndian(UInt32.self, at: 4)
        position = LSN(bytes.littleEndian(UInt64.self, at: 8))
        remaining = bytes.littleEndian(UInt32.self, at: 16)
    }
}
