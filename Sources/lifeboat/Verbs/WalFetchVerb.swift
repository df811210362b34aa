import ArgumentParser
import Console
import Model
import PostgresProtection
import Recovery
import SystemPackage

/// `lifeboat wal fetch`.
struct WalFetchVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract:
            "Hands out one file of the log to a server: restore_command = 'lifeboat wal fetch %f %p'.",
        discussion: """
            Ends with 0 when the file is there whole, and with 1 when there is no such file, so that the server takes the log for ended. Any
            other trouble ends with 200: the server stops instead of opening a cluster that lacks its newest data.
            """
    )

    @Argument(help: ArgumentHelp("The name of the file; %f of the server.", valueName: "name"))
    var name: String
    @Argument(help: ArgumentHelp("Where it is to be; %p of the server.", valueName: "path"))
    var path: String
    @OptionGroup var about: SubjectArgument
    @OptionGroup var identity: IdentityOption
    @OptionGroup var global: GlobalOptions

    /// Whether some words ask for this verb, understood or not.
    static func isMeant(by words: [String]) -> Bool {
        let bare = words.filter { !$0.hasPrefix("-") }
        return zip(bare, bare.dropFirst()).contains { $0 == "wal" && $1 == "fetch" }
    }

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        do throws(Fault) {
            let origin = try await fetch(screen)
            try screen.json(
                "wal_fetch",
                [JSONField("name", .text(name)), JSONField("origin", .text(origin.rawValue))]
            )
            return .success
        } catch {
            let exit = screen.show(error)
            switch error.code {
            case .walAbsent, .cancelled: return exit
            default: return .recoveryStopped
            }
        }
    }

    private func fetch(_ screen: Screen) async throws(Fault) -> ArchiveFetch.Origin {
        let stack = try ConfigurationFile.stack(global, subject: about.value, screen)
        let identity = identity
        return try await WALFetch(stack).run(
            name,
            to: WorkingDirectory.absolute(path),
            about.value.names,
            dataDirectory: WorkingDirectory.absolute(".")
        ) { () async throws(Fault) in try await identity.keyRing(stack, screen) }
    }
}
