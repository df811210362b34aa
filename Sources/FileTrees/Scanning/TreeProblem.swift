public import Model

/// Something about one name that could not be saved or restored as it should; the rest goes on.
public struct TreeProblem: Sendable {
    /// What went wrong.
    public enum Kind: Sendable, Hashable {
        /// It could not be read or listed.
        case unreadable
        /// It was there when its folder was listed, and then not any more.
        case vanished
        /// It changed while it was read, so what was read may be half old and half new.
        case changed
        /// It was restored, but not with all of its attributes.
        case attributes
        /// It could not be restored.
        case unwritable
    }

    /// Where it is in the tree.
    public let path: TreePath
    /// What went wrong.
    public let kind: Kind
    /// The same in words.
    public let fault: Fault

    /// Describes a problem.
    public init(_ path: TreePath, _ kind: Kind, _ fault: Fault) {
        self.path = path
        self.kind = kind
        self.fault = fault
    }
}
