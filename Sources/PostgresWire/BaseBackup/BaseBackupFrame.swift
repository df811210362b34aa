public import Model

/// A message inside the COPY of `BASE_BACKUP` (PostgreSQL 15 and newer).
///
/// ```text
///   'n' name <0> location <0>     a new archive        'd' bytes …         archive or manifest
///   'm'                           the manifest         'p' done 8          progress, big-endian
/// ```
/// Source: `src/backend/backup/basebackup_copy.c`.
public enum BaseBackupFrame: Sendable, Hashable {
    /// A tar archive begins; the location is empty for the data directory.
    case archive(name: String, location: String)
    /// The backup manifest begins.
    case manifest
    /// The next bytes of what began last.
    case bytes([UInt8])
    /// How many bytes the server has sent so far.
    case progress(Int64)

    /// Reads the content of one CopyData message; bytes are copied once.
    ///
    /// - Throws: `E-PG-PROTOCOL` for anything but the forms above.
    public init(decoding message: RawSpan) throws(Fault) {
        guard message.byteCount > 0 else { throw Self.fault("a message is empty") }
        switch message.littleEndian(UInt8.self, at: 0) {
        case UInt8(ascii: "d"): self = .bytes(message.bytes(from: 1))
        case UInt8(ascii: "p"):
            guard message.byteCount == 9 else { throw Self.fault("a progress has a wrong size") }
            self = .progress(message.bigEndian(Int64.self, at: 1))
        case UInt8(ascii: "m"):
            guard message.byteCount == 1 else { throw Self.fault("a manifest has a wrong size") }
            self = .manifest
        case UInt8(ascii: "n"):
            let parts = message.bytes(from: 1).split(
                separator: 0,
                omittingEmptySubsequences: false
            )
            guard parts.count == 3, parts[2].isEmpty, !parts[0].isEmpty else {
                throw Self.fault("the head of an archive is malformed")
            }
            self = .archive(
                name: String(decoding: parts[0], as: UTF8.self),
                location: String(decoding: parts[1], as: UTF8.self)
            )
        default: throw Self.fault("a message is of an unknown kind")
        }
    }

    static func fault(_ fact: String) -> Fault {
        Fault(.postgresProtocol, "unable to read base backup stream 'COPY': \(fact)")
    }
}
