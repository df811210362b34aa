import ArgumentParser
import Console
import Model
import Recovery
import StackConfiguration
import SystemIO
import SystemPackage

/// `lifeboat standby create`.
struct StandbyCreateVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Builds a hot standby from the vault.",
        discussion: """
            Restores the newest base backup with all of the log that the vault holds, and makes it follow a primary: nothing
            but the rest of the log is read from that. A slot on the primary keeps its log from the beginning. When the primary does
            not answer the standby is built all the same, ready to follow it when it comes. Start a server on it yourself.
            """
    )

    @OptionGroup var about: SubjectsArgument
    @Option(
        name: .long,
        help: ArgumentHelp("The data directory of the standby.", valueName: "DIR")
    )
    var to: String
    @Option(
        name: .long,
        help: ArgumentHelp(
            "How the standby reaches its primary, without a password: 'host=db1 port=5432'.",
            discussion:
                "User and password are those of the component, unless another user or a passfile is named.",
            valueName: "CONNINFO"
        )
    )
    var primary: String
    @Option(
        name: .long,
        help: ArgumentHelp("The slot on the primary, one for each standby.", valueName: "NAME")
    )
    var slot = "lifeboat_standby"
    @Flag(
        name: .long,
        help:
            "Take over the data directory that is at --to, such as that of a primary that has failed."
    )
    var delta = false
    @Option(
        name: .long,
        help: ArgumentHelp("The copy to read from, and no other.", valueName: "COPY")
    )
    var from: String?
    @Flag(name: .long, help: "Do what the plan says without asking.")
    var yes = false
    @OptionGroup var identities: IdentityOption
    @OptionGroup var global: GlobalOptions

    func validate() throws { try about.checkStack() }

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let stack = try ConfigurationFile.stack(global, subject: about.stack, screen)
        let ring = try await identities.keyRing(stack, screen)
        var options = RestoreOptions(
            components: about.names,
            destination: WorkingDirectory.absolute(to),
            identities: try ring.required(to: "build a standby"),
            vault: ring.vault
        )
        options.copy = from
        options.isDelta = delta
        options.standby = StandbyOptions(primary: primary, slot: slot)
        let restore = StackRestore(stack, options)
        return try await RestoreRun(restore: restore, stack: stack, isConfirmed: yes)
            .perform(screen)
    }
}
