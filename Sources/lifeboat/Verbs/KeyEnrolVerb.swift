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
    @Flag(name: .long, help: "Do not keep here what opens the backups.")
    var writeOnly = false
    @OptionGroup var global: GlobalOptions

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let stack = try ConfigurationFile.stack(global, screen)
        let kit = try RecoveryKit(reading: FilePath(kit))
        let (vault, missing) = try await HostEnrolment(stack)
            .run(kit, keepsDataIdentity: !writeOnly)
        let host = stack.configuration.host
        try screen.result(
            [
                "host '\(host)' is enrolled in vault \(vault.id.short) with new keys",
                "The next backup stores everything once more: lifeboat backup",
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
