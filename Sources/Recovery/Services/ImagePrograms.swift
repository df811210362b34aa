internal import FoundationEssentials
internal import Model
internal import Protection
internal import Services
internal import SystemIO
internal import SystemPackage

/// The server programs of an image, each run in a container of its own.
///
/// A command is our own executable once more, which runs the program in a container and is to its caller what the program would
/// be: its input and output, its signals, its status. It outlives us for a moment, to remove the container.
struct ImagePrograms: ServerPrograms {
    /// The image, which is there.
    let image: String
    /// Its engine.
    let engine: EngineAddress
    /// Where it is noted that there are containers.
    let marks: FilePath

    var origin: String? { "image '\(image)'" }

    func command(
        _ program: String,
        arguments: [String],
        environment: [String: String]?,
        account: Account?,
        directory: FilePath?,
        reach: ServerReach
    ) -> Command {
        let account = account ?? .current
        var variables = (environment ?? ProcessInfo.processInfo.environment)
        let places: [FilePath]
        let hasNetwork: Bool
        switch reach {
        case .folders(let folders):
            places = folders
            hasNetwork = false
        case .server(let files):
            let passwords = Self.passwordFile(variables)
            variables["PGPASSFILE"] = passwords?.string
            places = Set(files + (passwords.map { [$0] } ?? [])).sorted { $0.string < $1.string }
            hasNetwork = true
        }
        let run = ContainerRun(
            engine: engine.description,
            image: image,
            command: [program] + arguments,
            uid: account.uid,
            gid: account.gid,
            directory: directory?.string,
            places: places.map(\.string),
            hasNetwork: hasNetwork,
            marks: marks.string
        )
        var command = Command(
            "/proc/\(ProcessInfo.processInfo.processIdentifier)/exe",
            arguments: [ContainerRun.verb] + run.words,
            // What the image says of its own paths holds.
            environment: variables.filter { Self.isHandedOn($0.key) }
        )
        command.lastSignal = "TERM"
        return command
    }

    /// The file in which libpq looks for passwords; nil when it is not there.
    private static func passwordFile(_ variables: [String: String]) -> FilePath? {
        let path = variables["PGPASSFILE"] ?? variables["HOME"].map { $0 + "/.pgpass" }
        guard let path, path.hasPrefix("/") else { return nil }
        let isThere = (try? FileSystem.followedStatus(FilePath(path)))?.isRegular == true
        return isThere ? FilePath(path) : nil
    }

    private static func isHandedOn(_ name: String) -> Bool {
        name == "TZ" || name == "LANG" || ["PG", "LC_"].contains { name.hasPrefix($0) }
    }
}
