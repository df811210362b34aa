import ArgumentParser
import Console
import Model
import ObjectStorage
import Recovery
import StackConfiguration
import SystemIO
import SystemPackage
import Vault

/// `lifeboat init`.
struct InitVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract:
            "Writes lifeboat.yaml, makes the vault and the keys, and hands out the recovery kit.",
        discussion: """
            Example:
              lifeboat init callcenter --copy /backup/callcenter \\
                --postgres 'host=/run/postgresql dbname=postgres' \\
                --redis redis://localhost --files /srv/callcenter --secrets /srv/callcenter/.env
              lifeboat init callcenter --copy /backup/callcenter --compose docker-compose.yml --dry-run
            Nothing that exists is replaced. Passwords are never written down: name the file they are in.
            """
    )

    @Argument(help: "The name of the stack.")
    var stack: String
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A folder for the backups, or a bucket: s3://BUCKET/PREFIX; again for another copy, elsewhere.",
            valueName: "PLACE"
        )
    )
    var copy: [String]
    @Option(name: .long, help: "Which one of the stack: prod, staging.")
    var environment = "prod"
    @Option(
        name: .long,
        help: "The host that the backups are filed under. Default: this machine's name."
    )
    var host: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Keys and work files. Default: /var/lib/lifeboat/STACK.",
            valueName: "DIR"
        )
    )
    var state: String?
    @OptionGroup(title: "What to protect") var sources: InitSources
    @OptionGroup(title: "What to protect, from a compose file") var compose: InitCompose
    @Flag(name: .long, help: "Only print the configuration that would be written.")
    var dryRun = false
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where to write the recovery kit. Default: ./STACK-recovery-kit.txt.",
            valueName: "FILE"
        )
    )
    var kit: String?
    @Flag(
        name: .long,
        help: "Do not keep here what opens the backups: this host can only write them."
    )
    var writeOnly = false
    @OptionGroup var protection: NewPassphraseOption
    @OptionGroup var global: GlobalOptions

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let proposal = try compose.proposal(
            stack: stack,
            recipient: Self.anyRecipient,
            variables: Variables.all
        )
        let configuration = try wanted(proposal)
        if dryRun { return try show(configuration, proposal, screen) }
        var options = Initialisation.Options(
            configurationFile: WorkingDirectory.absolute(global.config ?? "lifeboat.yaml"),
            kitFile: WorkingDirectory.absolute(kit ?? "\(stack)-recovery-kit.txt")
        )
        options.keepsDataIdentity = !writeOnly
        options.remarks = proposal?.remarks ?? []
        options.passphrase = try protection.chosen(screen)
        let made = try await Initialisation(
            configuration,
            variables: Variables.all,
            clock: SystemClock()
        ).run(options)
        let copies = made.configuration.copies.map { copy in
            guard case .directory(let path) = copy.address else { return "\(copy.address)" }
            return FilePath(path).displayed
        }
        try screen.result([made.kit.text, Styled("Made:", .green).rendered(color: screen.hasColor)])
        try screen.result([
            "  configuration  \(made.configurationFile.displayed)",
            "  vault          \(copies.joined(separator: " and ")), id \(made.vault.id.short)",
            "  recovery kit   \(made.kitFile.displayed) (shown above): move it off this host",
            "  to print       lifeboat key kit --kit \(made.kitFile.displayed) --html",
            "Next: lifeboat backup",
        ])
        try screen.result((proposal?.remarks ?? []).map { Styled.visible($0) })
        // The kit is a secret: JSON names only its file.
        try screen.json(
            "initialised",
            [
                JSONField("configuration", .text(made.configurationFile.displayed)),
                JSONField("recovery_kit", .text(made.kitFile.displayed)),
                JSONField("vault", .text(made.vault.id.description)),
                JSONField("address", .text(made.vault.store.address)),
                JSONField("copies", .array(copies.map { .text($0) })),
                JSONField(
                    "recipients",
                    .array(made.configuration.keys.recipients.map { .text($0) })
                ),
            ] + (proposal?.fields ?? [])
        )
        return .success
    }

    /// Prints what would be written, and writes nothing.
    private func show(
        _ configuration: StackConfiguration,
        _ proposal: ComposeProposal?,
        _ screen: Screen
    ) throws(Fault) -> Model.ExitCode {
        var draft = configuration
        for index in draft.components.indices {
            guard case .secrets(var secrets) = draft.components[index].source else { continue }
            secrets.recipients = []
            draft.components[index].source = .secrets(secrets)
        }
        let remarks = ["The recipients are filled in when it is written."]
        let text = ConfigurationTemplate(draft, remarks: remarks + (proposal?.remarks ?? [])).text
        try screen.result([text])
        try screen.json(
            "proposal",
            [JSONField("configuration", .text(text))] + (proposal?.fields ?? [])
        )
        return .success
    }

    /// The configuration that the flags describe, checked by the same rules as a file: it is
    /// written and read back.
    private func wanted(_ proposal: ComposeProposal?) throws(Fault) -> StackConfiguration {
        let components =
            sources.components(stack: stack, recipient: Self.anyRecipient)
            + (proposal?.components ?? [])
        guard !components.isEmpty else {
            throw Fault(
                .usage,
                "unable to initialise '\(stack)': nothing to protect is named",
                hints: ["Name something: --compose, --postgres, --redis, --files or --secrets."]
            )
        }
        let draft = StackConfiguration(
            stack: stack,
            environment: environment,
            host: host ?? ConfigurationFile.machine(),
            state: state.map { WorkingDirectory.absolute($0).string },
            keys: KeyConfiguration(recipients: [Self.anyRecipient]),
            copies: try InitCopies.configurations(copy, variables: Variables.all),
            components: components,
            compose: proposal.map { ComposeConfiguration(project: $0.project) },
            services: proposal?.services ?? []
        )
        var checked = try StackConfiguration.decode(
            draft.description,
            file: "the command line",
            environment: [:],
            machine: ConfigurationFile.machine()
        ).configuration
        checked.keys.recipients = []
        return checked
    }

    /// Stands where the recipient will be that is not made yet: the form of one, the key of nobody.
    private static let anyRecipient = "age1" + String(repeating: "q", count: 58)
}
