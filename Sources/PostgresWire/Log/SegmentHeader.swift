public import Model

/// What the first page of a segment file says of the file.
///
/// Source: `XLogLongPageHeaderData` in `src/include/access/xlog_internal.h`; see ``WALPageHeader``.
public struct SegmentHeader: Sendable, Hashable {
    /// The bytes that it takes to read it.
    public static let size = WALPageHeader.longSize

    /// The version of the log.
    public let version: WALVersion
    /// The timeline that the page was written on: the file's own, or one that it came from.
    public let timeline: UInt32
    /// Where the segment lies.
    public let position: LSN
    /// The cluster.
    public let systemIdentifier: UInt64
    /// The size of the cluster's segments.
    public let segmentSize: SegmentSize

    /// Reads the first bytes of a file.
    ///
    /// - Throws: `E-PG-VERSION` for a version whose log is not known; `E-PG-FORMAT` when they are not the beginning of a segment.
    public init(parsing bytes: [UInt8], of name: String) throws(Fault) {
        guard bytes.count >= Self.size else { throw Self.fault(name, "it is cut short") }
        let span = unsafe bytes.span.bytes
        let page = WALPageHeader(span)
        guard page.flags.isSubset(of: .all), page.flags.contains(.long),
            let size = SegmentSize(bytes: UInt64(span.littleEndian(UInt32.self, at: 32))),
            UInt64(span.littleEndian(UInt32.self, at: 36)) == WALPageHeader.pageSize,
            page.position.value.isMultiple(of: size.bytes), page.position.value < 1 << 63
        else { throw Self.fault(name, "it does not begin as one does") }
        guard let version = WALVersion(rawValue: page.magic) else {
            throw Fault(
                .postgresVersion,
                "unable to read segment '\(name)': its format \(page.magic) is not one that is known",
                hints: ["PostgreSQL 13 to 18 are supported."]
            )
        }
        self.version = version
        timeline = page.timeline
        position = page.position
        systemIdentifier = span.littleEndian(UInt64.self, at: 24)
        segmentSize = size
    }

    private static func fault(_ name: String, _ fact: String) -> Fault {
        Fault(.postgresFormat, "unable to read segment '\(name)': \(fact)")
    }
}
