public import Model

extension Fault.Code {
    /// A pattern for paths cannot be understood.
    public static let patternInvalid = Fault.Code("E-TREE-PATTERN", .permanent, exit: .usage)
    /// Something else is in a file's place than was there when the folder was listed.
    public static let treeReplaced = Fault.Code("E-TREE-REPLACED", .retry, exit: .incomplete)
    /// A file that was listed is no longer there.
    public static let treeVanished = Fault.Code("E-TREE-VANISHED", .retry, exit: .incomplete)
    /// Somebody put another file where one was being restored.
    public static let treeSwapped = Fault.Code("E-TREE-SWAPPED", .permanent, exit: .failed)
    /// A path of an entry leads out of the tree.
    public static let treePathInvalid = Fault.Code("E-TREE-PATH", .corrupt, exit: .damaged)
}
