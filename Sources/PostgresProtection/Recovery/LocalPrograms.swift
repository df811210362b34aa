internal import Protection
internal import SystemIO
internal import SystemPackage

/// The server programs in one folder of this host.
struct LocalPrograms: ServerPrograms {
    /// The folder with `postgres` in it.
    let folder: FilePath

    var origin: String? { nil }

    func command(
        _ program: String,
        arguments: [String],
        environment: [String: String]?,
        account: Account?,
        directory: FilePath?,
        reach: ServerReach
    ) -> Command {
        Command(
            folder.appending(program),
            arguments: arguments,
            environment: environment,
            account: account,
            workingDirectory: directory
        )
    }
}
