internal import StackConfiguration

extension CopyConfiguration {
    /// How soon a copy is read from when several hold the same: those that answer quickly first, those that must be thawed or
    /// fetched from a shelf last.
    var readingRank: Int {
        switch medium {
        case .disk: 0
        case .network: 1
        case .object: isArchive ? 3 : 2
        case .optical: 4
        case .tape: 5
        }
    }

    /// Whether what is stored there takes hours to come back.
    private var isArchive: Bool {
        guard case .bucket(let bucket) = address, let name = bucket.storageClass else {
            return false
        }
        return ["GLACIER", "DEEP_ARCHIVE"].contains(name)
    }
}
