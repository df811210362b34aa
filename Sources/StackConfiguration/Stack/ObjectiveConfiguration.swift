/// What the owner of a stack wants to be true of its backups.
public struct ObjectiveConfiguration: Sendable, Hashable {
    /// How many copies there are, and of what kind.
    public enum CopyRule: String, Sendable, Hashable, CaseIterable {
        /// Three copies of the data, its source among them, on two kinds of media, one at another site.
        case threeTwoOne = "3-2-1"
        /// The same, one of them locked or offline, and none with an error that was not mended.
        case threeTwoOneOneZero = "3-2-1-1-0"
    }

    /// How many copies there are; nil when the file does not say.
    public var copies: CopyRule?

    /// Groups the parts.
    public init(copies: CopyRule? = nil) { self.copies = copies }
}
