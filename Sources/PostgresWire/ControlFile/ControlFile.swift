public import Model

/// The file `global/pg_control`: what the cluster is and where its last checkpoint lies.
///
/// ```text
///    0 system identifier, 8 bytes   40 checkpoint copy: redo       216 block size
///    8 control version              48 checkpoint copy: timeline   228 WAL segment size
///   12 catalog version             136 minimum recovery point      252 data checksum version
///   16 state                       144 its timeline                288 CRC-32C (292 in 18)
///   32 checkpoint position         180 the settings that replay needs, 4 bytes each
/// ```
/// Little-endian; the CRC covers all before it.
/// Control version 1300 covers PostgreSQL 13 to 17; 1800 adds a byte before the nonce, which moves
/// the CRC. Source: `src/include/catalog/pg_control.h`.
public struct ControlFile: Sendable, Hashable {
    /// What the server was doing when it wrote the file.
    public enum State: UInt32, Sendable {
        /// It was starting.
        case startingUp = 0
        /// It was stopped cleanly.
        case shutDown
        /// It was stopped cleanly while it was a standby.
        case shutDownInRecovery
        /// It was stopping.
        case shuttingDown
        /// It was recovering from a crash.
        case inCrashRecovery
        /// It was recovering from a backup, or is a standby.
        case inArchiveRecovery
        /// It was running.
        case inProduction
    }

    /// The size of the file.
    public static let fileSize = 8192
    /// The position that ``invalidatingCheckpoint()`` writes: aligned well enough for the server to
    /// look there, and beyond any log.
    public static let invalidCheckpoint = LSN(0xDEAD_BEEF_DEAD_BEEF)

    /// The identity of the cluster.
    public let systemIdentifier: UInt64
    /// The layout of this file.
    public let version: UInt32
    /// The layout of the system catalogs.
    public let catalogVersion: UInt32
    /// What the server was doing.
    public let state: State
    /// The last checkpoint record.
    public let checkpoint: LSN
    /// Where replay from that checkpoint begins.
    public let redo: LSN
    /// The timeline of that checkpoint.
    public let timeline: UInt32
    /// How far a standby must replay before it is consistent; 0/0 on a primary.
    public let minimumRecoveryPoint: LSN
    /// The size of a data page.
    public let blockSize: UInt32
    /// The size of a WAL segment.
    public let segmentSize: SegmentSize
    /// Whether data pages carry checksums.
    public let hasDataChecksums: Bool

    /// Settings that a server needs at least as high to replay the log, by name.
    public let floors: [String: UInt32]
    /// Whether the server keeps when each transaction was committed; a server that does not forgets
    /// it all when recovery ends.
    public let tracksCommitTimestamps: Bool

    private let bytes: [UInt8]

    /// Their order, from byte 180.
    private static let floorNames = [
        "max_connections", "max_worker_processes", "max_wal_senders", "max_prepared_transactions",
        "max_locks_per_transaction",
    ]

    /// Reads the file's content and verifies its CRC.
    ///
    /// - Throws: `E-PG-VERSION` for a layout that is not known; `E-PG-FORMAT` for everything else
    ///   that is wrong. A file caught in the middle of a write has a wrong CRC: read it again.
    public init(parsing bytes: [UInt8]) throws(Fault) {
        let span = unsafe bytes.span.bytes
        guard span.byteCount >= 296 else { throw Self.fault("it is cut short") }
        version = span.littleEndian(UInt32.self, at: 8)
        let end = try Self.checksumOffset(version: version)
        guard CRC32C(bytes[..<end]).value == span.littleEndian(UInt32.self, at: end) else {
            throw Self.fault("its CRC is wrong")
        }
        systemIdentifier = span.littleEndian(UInt64.self, at: 0)
        catalogVersion = span.littleEndian(UInt32.self, at: 12)
        guard let state = State(rawValue: span.littleEndian(UInt32.self, at: 16)) else {
            throw Self.fault("its state is not one that is known")
        }
        self.state = state
        checkpoint = LSN(span.littleEndian(UInt64.self, at: 32))
        redo = LSN(span.littleEndian(UInt64.self, at: 40))
        timeline = span.littleEndian(UInt32.self, at: 48)
        minimumRecoveryPoint = LSN(span.littleEndian(UInt64.self, at: 136))
        blockSize = span.littleEndian(UInt32.self, at: 216)
        let segment = UInt64(span.littleEndian(UInt32.self, at: 228))
        guard let segmentSize = SegmentSize(bytes: segment) else {
            throw Self.fault("its WAL segment size is not one that a server allows")
        }
        self.segmentSize = segmentSize
        hasDataChecksums = span.littleEndian(UInt32.self, at: 252) != 0
        var floors: [String: UInt32] = [:]
        for (index, name) in Self.floorNames.enumerated() {
            floors[name] = span.littleEndian(UInt32.self, at: 180 + 4 * index)
        }
        self.floors = floors
        tracksCommitTimestamps = span.littleEndian(UInt8.self, at: 200) != 0
        self.bytes = bytes
    }

    /// The file's content with the checkpoint position made invalid and the CRC made right.
    ///
    /// With a `backup_label` beside it a server starts from the label and never looks at the
    /// position; without one it refuses to start instead of silently skipping the log, as
    /// pgBackRest does it.
    public func invalidatingCheckpoint() throws(Fault) -> [UInt8] {
        var copy = bytes
        Self.store(Self.invalidCheckpoint.value, at: 32, in: &copy)
        let end = try Self.checksumOffset(version: version)
        Self.store(CRC32C(copy[..<end]).value, at: end, in: &copy)
        return copy
    }

    private static func store(_ value: some FixedWidthInteger, at offset: Int, in: inout [UInt8]) {
        for index in 0..<value.bitWidth / 8 {
            `in`[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
        }
    }

    private static func checksumOffset(version: UInt32) throws(Fault) -> Int {
        switch version {
        case 1300..<1800: 288
        case 1800..<1900: 292
        default:
            throw Fault(
                .postgresVersion,
                "unable to read control file 'pg_control': its version \(version) is not supported",
                hints: ["PostgreSQL 13 to 18 are supported."]
            )
        }
    }

    private static func fault(_ fact: String) -> Fault {
        Fault(.postgresFormat, "unable to read control file 'pg_control': \(fact)")
    }
}
