public import Model

/// What a repair did about one finding.
public struct Mending: Sendable {
    /// The object.
    public let object: String
    /// What was wrong with it.
    public let fact: String
    /// The copy that it came from, by name; nil when it was not mended.
    public let source: String?
    /// Whether it came from an older version that this copy itself keeps: somebody had overwritten or deleted it.
    public var isOlderVersion = false
    /// Why it was not mended; nil when it was, or was whole already.
    public let fault: Fault?
}
