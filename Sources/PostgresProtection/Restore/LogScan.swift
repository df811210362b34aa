internal import Model
internal import PostgresWire
internal import Vault

/// Reads the records of a stretch of log while it is laid out.
final class LogScan {
    private var reader: WALReader
    private let version: WALVersion
    /// The records that make tablespaces.
    private(set) var tablespaces: [TablespaceRecord] = []
    /// Where the last whole record begins; nil before the first.
    private(set) var lastRecord: LSN?
    /// What looks for removals that the server must not replay; nil when nobody does.
    var early: EarlyStop?

    /// Begins at a record, or at a page.
    ///
    /// - Throws: `E-PG-VERSION` for a version whose log is not known.
    init(_ base: BaseRecord, from start: LSN) throws(Fault) {
        guard let version = WALVersion(server: base.version) else {
            throw Fault(
                .postgresVersion,
                "unable to read the log of PostgreSQL \(base.major): its form is not known",
                hints: ["PostgreSQL 13 to 18 are supported."]
            )
        }
        self.version = version
        reader = WALReader(
            at: start,
            version: version,
            segmentSize: base.segmentSize,
            systemIdentifier: UInt64(base.systemID)
        )
    }

    /// Reads on and shows each record; what lies before the start is passed over.
    ///
    /// - Throws: `E-VAULT-DAMAGED` where a server would take the log for ended, though more of it is there.
    func read(
        _ bytes: ArraySlice<UInt8>,
        at position: LSN,
        _ body: (WALRecord, RawSpan, WALVersion) -> Void = { _, _, _ in }
    ) throws(Fault) {
        let skipped = reader.position > position ? reader.position - position : 0
        let rest = Array(bytes.dropFirst(Int(clamping: skipped)))
        guard !rest.isEmpty else { return }
        var found: [TablespaceRecord] = []
        var last: LSN?
        var early = early
        let stop = unsafe reader.read(rest.span.bytes, at: position + skipped) {
            record,
            references,
            mainData in
            last = record.start
            body(record, mainData, version)
            early?.see(record, references, mainData, version)
            if let tablespace = TablespaceRecord(record, mainData: mainData) {
                found.append(tablespace)
            }
        }
        self.early = early
        tablespaces += found
        lastRecord = last ?? lastRecord
        if let stop {
            throw Fault(
                .damaged,
                "unable to lay out the log: a server cannot read it beyond \(stop.position) (\(stop.reason))",
                hints: ["Choose a point before that."]
            )
        }
    }
}
