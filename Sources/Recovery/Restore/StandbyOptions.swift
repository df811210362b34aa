/// What a person says of the standby that is to be built.
public struct StandbyOptions: Sendable {
    /// A libpq connection string of the server that it follows, without a password.
    public let primary: String
    /// The slot on that server.
    public let slot: String

    /// Groups the two.
    public init(primary: String, slot: String) {
        self.primary = primary
        self.slot = slot
    }
}
