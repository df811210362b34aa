internal import StackConfiguration

/// A storage class of which objects must be thawed before they can be read; it holds packs only.
///
/// Waits and prices are those that AWS published for its first region in 2026 (S3 user guide, "Archive retrieval options", and the
/// price list); other providers have others.
public enum ArchiveClass: String, Sendable {
    /// Thawed within hours.
    case flexible = "GLACIER"
    /// Thawed within two days.
    case deep = "DEEP_ARCHIVE"

    /// How long thawing takes, in words.
    public func wait(isUrgent: Bool) -> String {
        switch self {
        case .flexible: isUrgent ? "3 to 5 hours" : "5 to 12 hours"
        case .deep: isUrgent ? "12 hours" : "2 days"
        }
    }

    /// What thawing costs, in US cents.
    public func cents(objects: Int, bytes: Int64, isUrgent: Bool) -> Double {
        let gibibytes = Double(bytes) / Double(1 << 30)
        let thousands = Double(objects) / 1000
        return switch self {
        case .flexible: isUrgent ? gibibytes + thousands * 5 : 0
        case .deep: isUrgent ? gibibytes * 2 + thousands * 10 : gibibytes / 4 + thousands * 2.5
        }
    }
}

extension CopyConfiguration {
    /// The class in which the copy's packs lie; nil when they can be read at once.
    var archiveClass: ArchiveClass? {
        guard case .bucket(let bucket) = address else { return nil }
        return bucket.storageClass.flatMap(ArchiveClass.init)
    }
}
