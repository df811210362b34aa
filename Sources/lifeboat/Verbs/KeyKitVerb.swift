import ArgumentParser
import Console
import Model
import Recovery
import StackConfiguration
import SystemIO
import SystemPackage
import Vault

/// `lifeboat key kit`.
struct KeyKitVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "kit",
        abstract: "Proves that a recovery kit opens the newest snapshots, or writes it anew.",
        discussion: """
            With --test it reads a file of every component with the kit's keys alone, and remembers when.
            With --kit it writes a kit with the same keys and what has changed since: where the copies are, the
            configuration, the program. This host does not keep the kit.
            """
    )

    @OptionGroup var about: SubjectArgument
    @Option(name: .long, help: ArgumentHelp("Test this recovery kit.", valueName: "FILE"))
    var test: String?
    @Option(
        name: .long,
        help: ArgumentHelp("Write the kit anew, with the keys of this one.", valueName: "FILE")
    )
    var kit: String?
    @Flag(name: .long, help: "Write a page to be printed, in HTML.")
    var html = false
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where to write it; must not exist. Default: ./STACK-recovery-kit.txt or .html.",
            valueName: "FILE"
        )
    )
    var to: String?
    @OptionGroup var passphrase: PassphraseOption
    @OptionGroup var protection: NewPassphraseOption
    @Flag(name: .long, help: "Write the keys of a sealed kit without a passphrase.")
    var noPassphrase = false
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (test == nil) != (kit == nil) else {
            throw ValidationError("it takes either --test FILE or --kit FILE")
        }
        guard about.value.component == nil else {
            throw ValidationError("a kit is of the whole stack, not of one component")
        }
        let isSealing = protection.passphrase || protection.newPassphraseFile != nil
        guard !(isSealing && noPassphrase) else {
            throw ValidationError("--no-passphrase and a new passphrase exclude each other")
        }
        guard test == nil || !(html || to != nil || isSealing || noPassphrase) else {
            throw ValidationError("--test writes no kit")
        }
    }

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let stack = try ConfigurationFile.stack(global, subject: about.value, screen)
        if let test {
            return try await self.test(stack, try RecoveryKit(reading: FilePath(test)), screen)
        }
        return try write(stack, try RecoveryKit(reading: FilePath(kit ?? "")), screen)
    }

    private func write(
        _ stack: Stack,
        _ kit: RecoveryKit,
        _ screen: Screen
    ) throws(Fault) -> Model.ExitCode {
        let name = "\(stack.configuration.stack)-recovery-kit.\(html ? "html" : "txt")"
        let file = WorkingDirectory.absolute(to ?? name)
        let newPassphrase = try protection.chosen(screen)
        let protection: KitRenewal.Protection =
            newPassphrase.map { .passphrase($0) } ?? (noPassphrase ? .none : .asBefore)
        let written = try KitRenewal(stack).run(
            kit,
            text: try ConfigurationFile.text(global),
            passphrases: try passphrase.source(screen),
            protection: protection,
            as: html ? .page : .text,
            to: file
        )
        try screen.result([
            "recovery kit  \(file.displayed): move it off this host",
            "keys          \(written.isSealed ? "sealed with a passphrase" : "open to whoever has the file")",
        ])
        try screen.json(
            "kit",
            [
                JSONField("recovery_kit", .text(file.displayed)),
                JSONField("vault", .text(written.vault.description)),
                JSONField("sealed", .boolean(written.isSealed)),
            ]
        )
        return .success
    }

    private func test(
        _ stack: Stack,
        _ kit: RecoveryKit,
        _ screen: Screen
    ) async throws(Fault) -> Model.ExitCode {
        let outcome = try await KitTest(stack).run(
            kit,
            passphrases: try passphrase.source(screen)
        )
        for copy in outcome.absent { screen.note(CopyText.line(copy)) }
        try screen.result(
            outcome.opened.map { one in
                let file =
                    one.path.map { "'\(Styled.visible($0))' was read" } ?? "it has no content"
                return "\(one.component): opens snapshot \(one.snapshot.id.seq) of"
                    + " \(TimeEcho.text(one.snapshot.head.time)); \(file)"
            }
        )
        try screen.result(outcome.missing.map { "\($0): has no snapshot yet" })
        try screen.result("the kit opens the backups of '\(kit.stack)'", .green)
        try screen.result([
            outcome.isInVault
                ? "The vault remembers this test."
                : "This host alone remembers this test, for it is not enrolled in the vault."
        ])
        try screen.json("kit_test", Self.fields(outcome, kit))
        return outcome.exit
    }

    private static func fields(_ outcome: KitTest.Outcome, _ kit: RecoveryKit) -> [JSONField] {
        let opened: [JSONValue] = outcome.opened.map { one in
            .object([
                JSONField("component", .text(one.component)),
                JSONField("snapshot", .text(one.snapshot.id.description)),
                JSONField("path", one.path.map { .text($0) } ?? .null),
            ])
        }
        return [
            JSONField("vault", .text(kit.vault.description)),
            JSONField("components", .array(opened)),
            JSONField("missing", .array(outcome.missing.map { .text($0) })),
            JSONField("in_vault", .boolean(outcome.isInVault)),
            JSONField("exit_code", .integer(Int64(outcome.exit.rawValue))),
        ]
    }
}
