/// What a value of the configuration must look like.
indirect enum Form: Sendable {
    /// One value.
    case scalar(ScalarForm)
    /// A list of values, with at least one where `filled`.
    case list(ScalarForm, filled: Bool)
    /// A mapping of the given keys.
    case mapping([Key])
    /// A list of mappings, each one copy.
    case copies([Key])
    /// A mapping from labels to mappings, whose `kind` chooses their keys.
    case components([(kind: String, keys: [Key])])
    /// A mapping from labels to mappings of the given keys, each one service.
    case services([Key])
    /// Which snapshots are kept: `forever`, or counts by rule.
    case keep
    /// A reference to a secret.
    case secret
}
