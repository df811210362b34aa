/// What prolonging the locks of a copy came to.
public struct LockReport: Sendable, Hashable {
    /// How many objects have to stay locked.
    public internal(set) var needed = 0
    /// How many locks were prolonged.
    public internal(set) var prolonged = 0

    /// Nothing yet.
    public init() {}
}
