import ArgumentParser
import Console
import Model
import Recovery
import SystemIO
import SystemPackage
import Vault

/// `lifeboat key kit`.
struct KeyKitVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "kit",
        abstract: "Proves that a recovery kit opens the newest snapshots.",
        discussion:
            "The kit itself is written once, by `lifeboat init`; this host does not keep it."
    )

    @Option(name: .long, help: ArgumentHelp("The recovery kit's file.", valueName: "FILE"))
    var test: String
    @OptionGroup var global: GlobalOptions

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let stack = try ConfigurationFile.stack(global, screen)
        let kit = try RecoveryKit(reading: FilePath(test))
        let proofs = try await KitTest(stack).run(kit)
        try screen.result(
            proofs.map { proof in
                let file = proof.path.map { "'\(Styled.visible($0))' was read" } ?? "it has no file"
                return "\(proof.component): opens snapshot \(proof.snapshot.id.seq) of"
                    + " \(TimeEcho.text(proof.snapshot.head.time)); \(file)"
            }
        )
        try screen.result("the kit opens the backups of '\(kit.stack)'", .green)
        try screen.json(
            "kit_test",
            [
                JSONField("vault", .text(kit.vault.description)),
                JSONField(
                    "components",
                    .array(
                        proofs.map { proof in
                            .object([
                                JSONField("component", .text(proof.component)),
                                JSONField("snapshot", .text(proof.snapshot.id.description)),
                                JSONField("path", proof.path.map { .text($0) } ?? .null),
                            ])
                        }
                    )
                ),
            ]
        )
        return .success
    }
}
