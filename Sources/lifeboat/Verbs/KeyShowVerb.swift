import ArgumentParser
import Console
import Model
import Recovery
import Sealing
import StackConfiguration
import Vault

/// `lifeboat key show`.
struct KeyShowVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows what is public about the keys: nothing of it is a secret."
    )

    @OptionGroup var global: GlobalOptions

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let stack = try ConfigurationFile.stack(global, screen)
        let copies = try await stack.copiesToRead()
        for copy in copies.absent { screen.note(CopyText.line(copy)) }
        let vault = copies.vault
        let addresses = copies.copies.map { "\($0.configuration.address)" }
        let keys = try stack.hostKeys()
        let enrolment = vault.enrolment(of: keys.host)
        let isRevoked = vault.isRevoked(keys.signing.verifyKey, host: keys.host)
        let isEnrolled = enrolment?.key == keys.signing.verifyKey && !isRevoked
        let recipients = enrolment?.recipients.map(\.text) ?? []
        try screen.result(
            [
                "vault:              \(vault.id)",
                "read at:            \(addresses.joined(separator: ", "))",
                "environment:        \(vault.environment)",
                "operator key:       \(vault.operatorKey)", "host:               \(keys.host)",
                "host signing key:   \(keys.signing.verifyKey)",
                "host recipient:     \(keys.identity.recipient)",
                "enrolled:           "
                    + (isRevoked
                        ? "no, the operator revoked its key"
                        : isEnrolled ? "yes, since \(since(enrolment))" : "no"),
            ] + recipients.map { "data recipient:     \($0)" }
        )
        try screen.json(
            "keys",
            [
                JSONField("vault", .text(vault.id.description)),
                JSONField("addresses", .array(addresses.map { .text($0) })),
                JSONField("environment", .text(vault.environment)),
                JSONField("operator_key", .text(vault.operatorKey.description)),
                JSONField("host", .text(keys.host)),
                JSONField("host_signing_key", .text(keys.signing.verifyKey.description)),
                JSONField("host_recipient", .text(keys.identity.recipient.text)),
                JSONField("enrolled", .boolean(isEnrolled)),
                JSONField("revoked", .boolean(isRevoked)),
                JSONField("data_recipients", .array(recipients.map { .text($0) })),
            ]
        )
        return .success
    }

    private func since(_ enrolment: Enrolment?) -> String {
        enrolment.map { TimeEcho.text($0.time) } ?? "never"
    }
}
