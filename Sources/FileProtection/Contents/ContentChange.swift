public import Vault

/// How one path differs between two snapshots.
public struct ContentChange: Sendable {
    /// What became of it.
    public enum Kind: String, Sendable, CaseIterable {
        /// Only the later snapshot has it.
        case added
        /// Only the earlier one has it.
        case removed
        /// Its content, or where a link leads, is another one.
        case changed
        /// It is of another kind: a folder where a file was.
        case replaced
        /// Only owner, mode, attributes or time differ.
        case touched
    }

    /// What became of it.
    public let kind: Kind
    /// What the earlier snapshot has; nil when it was added.
    public let before: ManifestEntry?
    /// What the later snapshot has; nil when it was removed.
    public let after: ManifestEntry?

    /// The entry that tells the path.
    public var entry: ManifestEntry? { after ?? before }

    /// Compares what two snapshots have under one path; nil when that is the same.
    init?(_ before: ManifestEntry, _ after: ManifestEntry) {
        self.before = before
        self.after = after
        if before.kind != after.kind {
            kind = .replaced
        } else if !Self.isSameContent(before, after) {
            kind = .changed
        } else if before.mode != after.mode || before.owner != after.owner
            || before.group != after.group || before.modified != after.modified
            || before.attributes != after.attributes
        {
            kind = .touched
        } else {
            return nil
        }
    }

    init(added entry: ManifestEntry) { (kind, before, after) = (.added, nil, entry) }

    init(removed entry: ManifestEntry) { (kind, before, after) = (.removed, entry, nil) }

    /// A secret is compared by the tag of its plain text: each sealing of it is another content.
    private static func isSameContent(_ before: ManifestEntry, _ after: ManifestEntry) -> Bool {
        guard before.target == after.target, before.deviceNumber == after.deviceNumber else {
            return false
        }
        guard before.secretTag.isEmpty || after.secretTag.isEmpty else {
            return before.secretTag == after.secretTag
        }
        return before.size == after.size && before.digest == after.digest
    }
}
