internal import Model

/// What a vault holds of some bytes of a log.
public enum LogHolding: Sendable, Hashable {
    /// All of them, and the same.
    case whole
    /// Not all of them; what it holds is the same.
    case lacking
    /// Others at the same positions, in the piece of this name.
    case other(String)
}
