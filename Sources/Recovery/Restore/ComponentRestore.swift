public import Protection

/// How the restore of one component ended.
public typealias ComponentRestore = ComponentEnding<RestoreOutcome>

extension ComponentEnding<RestoreOutcome> {
    /// What came back; nil when it failed.
    public var outcome: RestoreOutcome? { value }
}
