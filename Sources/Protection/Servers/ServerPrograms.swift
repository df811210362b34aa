public import SystemIO
public import SystemPackage

/// The programs of one version of a database server: the server itself, and those that come with it.
public protocol ServerPrograms: Sendable {
    /// Where they come from, as a plan says it; nil for those of this host.
    var origin: String? { get }

    /// What runs one of them, such as `postgres` or `pg_dump`; nothing is started.
    ///
    /// - Parameters:
    ///   - program: its name.
    ///   - arguments: those after its name.
    ///   - environment: all of its environment; nil hands ours on.
    ///   - account: who it runs as; nil for who we are.
    ///   - directory: where it runs; nil for where we do.
    ///   - reach: what it works with.
    /// - Returns: the command.
    func command(
        _ program: String,
        arguments: [String],
        environment: [String: String]?,
        account: Account?,
        directory: FilePath?,
        reach: ServerReach
    ) -> Command
}
