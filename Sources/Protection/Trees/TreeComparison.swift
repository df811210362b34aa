public import Model

/// What of a snapshot a folder holds already.
public struct TreeComparison: Sendable, Hashable {
    /// Files that are what was backed up.
    public internal(set) var keptFiles = 0
    /// Their bytes.
    public internal(set) var kept = ByteCount.zero
    /// Files that are missing or different.
    public internal(set) var otherFiles = 0
    /// The bytes that they have in the snapshot.
    public internal(set) var other = ByteCount.zero
    /// The bytes that they have in the folder.
    public internal(set) var present = ByteCount.zero

    /// What of two folders is there already.
    public static func + (left: TreeComparison, right: TreeComparison) -> TreeComparison {
        var sum = left
        sum.keptFiles += right.keptFiles
        sum.kept += right.kept
        sum.otherFiles += right.otherFiles
        sum.other += right.other
        sum.present += right.present
        return sum
    }
}
