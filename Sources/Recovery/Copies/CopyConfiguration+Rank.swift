internal import StackConfiguration

extension CopyConfiguration {
    /// How soon a copy is read from when several hold the same: those that answer quickly first, those that must be thawed or
    /// fetched from a shelf last.
    var readingRank: Int {
        switch medium {
        case .disk: 0
        case .network: 1
        case .object: archiveClass == nil ? 2 : 3
        case .optical: 4
        case .tape: 5
        }
    }
}
