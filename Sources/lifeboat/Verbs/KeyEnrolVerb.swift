import ArgumentParser
import Console
import Model
import Recovery
import StackConfiguration
import SystemIO
import SystemPackage
import Vault

/// `lifeboat key enrol`.
struct KeyEnrolVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "enrol",
        abstract: "Makes new keys for this host, for a new host or one that lost its state."
    )

    @Option(name: .long, help: ArgumentHelp("The recovery kit's file.", valueName: "FILE"))
    var kit: String
    @Flag(
        name: .long,
        help: "Keep this host's keys; only put the recipients of the configuration in force."
    )
    var keepKeys = false
    @OptionGroup var passphrase: PassphraseOption
    @Flag(name: .long, help: "Do not keep here what opens the backups.")
    var writeOnly = false
    @OptionGroup var global: GlobalOptions

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let stack = try ConfigurationFile.stack(global, screen)
        let kit = try RecoveryKit(reading: FilePath(kit))
        let (vault, missing) = try await HostEnrolment(stack).run(
            kit,
            passphrases: try passphrase.source(screen),
            keepsDataIdentity: !writeOnly && !keepKeys,
            keepsHostKeys: keepKeys
        )
        let host = stack.configuration.host
        try screen.result(
            [
                "host '\(host)' is enrolled in vault \(vault.id.short) with"
                    + (keepKeys
                        ? " its keys and the recipients of the configuration" : " new keys"),
                "The next backup stores everything once more: lifeboat backup",
                "Start `lifeboat run` again, if it runs: it goes on as it began.",
            ] + missing.map { "A copy gets to know of it later: \(Styled.visible($0.message))" }
        )
        try screen.json(
            "enrolment",
            [
                JSONField("vault", .text(vault.id.description)), JSONField("host", .text(host)),
                JSONField(
                    "number",
                    .integer(Int64(vault.enrolment(of: host)?.number ?? 0))
                ),
            ]
        )
        return .success
    }
}
