internal import Model
internal import PostgresWire
internal import Vault

/// A base backup, as the head of its snapshot tells.
struct BaseRecord {
    let snapshot: Snapshot
    let systemID: String
    let timeline: UInt32
    let start: LSN
    let stop: LSN
    /// At or after this moment every target can be reached with this base.
    let consistent: Instant
    let segmentSize: SegmentSize
    let version: Int

    /// Reads a head.
    ///
    /// - Throws: `E-VAULT-DAMAGED` when a signed head lacks what every base backup has.
    init(_ snapshot: Snapshot) throws(Fault) {
        let facts = snapshot.head.facts
        guard let systemID = facts["system_id"], let timeline = UInt32(facts["timeline"] ?? ""),
            let start = LSN(facts["start_lsn"] ?? ""), let stop = LSN(facts["stop_lsn"] ?? ""),
            let consistent = Instant(rfc3339: facts["consistent_time"] ?? ""),
            let bytes = UInt64(facts["segment_bytes"] ?? ""), let size = SegmentSize(bytes: bytes),
            let version = Int(facts["version"] ?? "")
        else {
            throw Fault(
                .damaged,
                "unable to use snapshot '\(snapshot.id)': it does not say what a base backup says"
            )
        }
        self.snapshot = snapshot
        self.systemID = systemID
        self.timeline = timeline
        self.start = start
        self.stop = stop
        self.consistent = consistent
        segmentSize = size
        self.version = version
    }

    /// Which of its pages were damaged at the source, in words; nil when none were.
    var damage: String? {
        let head = snapshot.head
        guard head.problems > 0 else { return nil }
        let places = (1...DamageReport.named).compactMap { head.facts["damaged.\($0)"] }
        let pages = "\(head.problems) damaged \(head.problems == 1 ? "page" : "pages")"
        return "the base has \(pages)"
            + (places.isEmpty ? "" : ": \(places.joined(separator: "; "))")
    }

    /// The major version, 15.
    var major: Int { version / 10_000 }
}
