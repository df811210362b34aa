/// A folder of signed documents, each named `<folder>/<number>-<hash16>` (`Docs/format`, section 3).
public enum DocumentFolder: String, Sendable, Hashable, CaseIterable {
    /// What is marked for deletion.
    case collections = "gc"
    /// What collectors saw, and what they deleted.
    case ledger
    /// What checks of the vault found.
    case checks
    /// What drills proved.
    case reports
    /// When recovery kits were proven to open the backups.
    case kits
    /// Snapshots that must stay, and those that need not any more.
    case holds

    /// What the documents call themselves.
    var type: String {
        switch self {
        case .collections: "collection"
        case .ledger: "ledger"
        case .checks: "check"
        case .reports: "report"
        case .kits: "kit"
        case .holds: "hold"
        }
    }
}
