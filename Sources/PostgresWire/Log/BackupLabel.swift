public import Model

/// What a `backup_label` file says; the file itself is kept byte for byte and never rewritten.
///
/// ```text
///   START WAL LOCATION: 0/2000028 (file 000000010000000000000002)
///   CHECKPOINT LOCATION: 0/2000060
///   BACKUP METHOD: streamed
///   BACKUP FROM: primary
///   START TIME: 2026-01-01 00:00:00 UTC
///   LABEL: nightly
///   START TIMELINE: 1
/// ```
/// Source: `build_backup_content` in `src/backend/access/transam/xlogbackup.c`.
public struct BackupLabel: Sendable, Hashable {
    /// Where replay begins.
    public let start: LSN
    /// The segment that holds the start, as the server names it.
    public let segment: String
    /// The checkpoint that replay begins at.
    public let checkpoint: LSN
    /// The timeline at the start.
    public let timeline: UInt32
    /// Whether the backup was taken from a standby.
    public let isFromStandby: Bool
    /// The label that the backup was given.
    public let label: String
    /// The moment of the start in the server's own words and time zone.
    public let startTime: String

    /// Reads the content of a `backup_label` file.
    ///
    /// - Throws: `E-PG-FORMAT` when a line is missing, given twice or malformed, or the backup is
    ///   an incremental one, which cannot be restored by itself.
    public init(parsing bytes: some Collection<UInt8>) throws(Fault) {
        guard bytes.count <= 64 << 10 else { throw Self.fault("it is larger than 64 KiB") }
        var fields: [String: String] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self)
            guard let colon = text.firstRange(of: ": ") else {
                throw Self.fault("a line has no colon")
            }
            let key = String(text[..<colon.lowerBound])
            guard fields.updateValue(String(text[colon.upperBound...]), forKey: key) == nil else {
                throw Self.fault("a line occurs twice")
            }
        }
        guard fields["INCREMENTAL FROM LSN"] == nil else {
            throw Self.fault("it belongs to an incremental backup")
        }
        let location = (fields["START WAL LOCATION"] ?? "").split(separator: " ")
        guard location.count == 3, let start = LSN(location[0]), location[1] == "(file",
            location[2].hasSuffix(")"), let checkpoint = LSN(fields["CHECKPOINT LOCATION"] ?? ""),
            let timeline = RelationFile.oid(fields["START TIMELINE", default: ""][...]),
            let origin = fields["BACKUP FROM"],
            // Version 13 says master.
            ["primary", "master", "standby"].contains(origin)
        else { throw Self.fault("a line is missing or malformed") }
        self.start = start
        segment = String(location[2].dropLast())
        self.checkpoint = checkpoint
        self.timeline = timeline
        isFromStandby = origin == "standby"
        label = fields["LABEL", default: ""]
        startTime = fields["START TIME", default: ""]
    }

    private static func fault(_ fact: String) -> Fault {
        Fault(.postgresFormat, "unable to read backup label 'backup_label': \(fact)")
    }
}
