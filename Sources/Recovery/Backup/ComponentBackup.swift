public import Vault

/// How the backup of one component ended.
public typealias ComponentBackup = ComponentEnding<Snapshot>

extension ComponentEnding<Snapshot> {
    /// The snapshot; nil when there is none.
    public var snapshot: Snapshot? { value }

    /// How many paths could not be read.
    public var problems: Int { snapshot?.head.problems ?? 0 }
}
