import ArgumentParser
import Console
import Model
import Recovery
import SystemIO
import SystemPackage

/// `lifeboat key revoke`.
struct KeyRevokeVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract:
            "Lets a host's keys not count any more: it was stolen, taken over, or given away.",
        discussion: """
            What its keys signed and the copies stored before the moment stays trusted; nothing else does, whenever it was
            or will be made. Nothing is deleted. It cannot be undone; an earlier moment can be given later, with --again. Enrol
            the host anew with `lifeboat key enrol` before its next backup.
            """
    )

    @Argument(help: ArgumentHelp("The host.", valueName: "HOST"))
    var host: String
    @Option(name: .long, help: ArgumentHelp("The recovery kit's file.", valueName: "FILE"))
    var kit: String
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Since when its keys may be in other hands: RFC 3339, local time, '2d ago'.",
            discussion: "Default: everything that the copies hold now stays trusted.",
            valueName: "TIME"
        )
    )
    var since: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A copy whose word about what it stored when counts. Repeatable.",
            discussion: "Default: all. Leave out one that lay on the host itself.",
            valueName: "COPY"
        )
    )
    var copy: [String] = []
    @Flag(
        name: .long,
        help: "Revoke no newer keys: add what a copy holds that was away, or an earlier moment."
    )
    var again = false
    @OptionGroup var passphrase: PassphraseOption
    @OptionGroup var global: GlobalOptions

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let stack = try ConfigurationFile.stack(global, screen)
        let outcome = try await HostRevocation(stack).run(
            host,
            again: again,
            since: try moment(),
            seenIn: copy,
            try RecoveryKit(reading: FilePath(kit)),
            passphrases: try passphrase.source(screen)
        )
        try screen.result(lines(outcome))
        try screen.json("revocation", fields(outcome))
        return outcome.isComplete ? .success : .incomplete
    }

    private func moment() throws(Fault) -> Instant? {
        guard let since else { return nil }
        let now = SystemClock().now()
        // What other verbs take beside a moment is none here, so that their hints would be wrong ones.
        guard
            case .time(let moment) = try? TargetText.parse(
                since,
                now: now,
                offset: TimeEcho.localOffset
            ),
            moment <= now
        else {
            throw Fault(
                .invalidValue,
                "unable to revoke since '\(since)': it is no moment of the past",
                hints: [
                    "Write it as 2026-12-31T00:00:00Z, 2026-12-31 13:58 (local time), or '2d ago'."
                ]
            )
        }
        return moment
    }

    private func lines(_ outcome: HostRevocation.Outcome) -> [String] {
        let since = TimeEcho.text(outcome.since)
        let missing = outcome.missing.map {
            "A copy does not know of it yet, run this with --again when it is there: \(Styled.visible($0.message))"
        }
        let keys = outcome.keys == 1 ? "1 key" : "\(outcome.keys) keys"
        let next =
            outcome.needsKeys
            ? ["Before its next backup the host needs new keys: lifeboat key enrol --kit FILE"] : []
        return [
            "\(keys) of host '\(host)' \(outcome.keys == 1 ? "is" : "are") revoked: what was stored since \(since) is not trusted"
        ] + outcome.components.map { line($0) } + missing + next
    }

    private func line(_ component: HostRevocation.Component) -> String {
        let newest =
            component.newest.map { "trusted up to snapshot \($0)" } ?? "nothing is trusted"
        guard !component.refused.isEmpty else { return "  \(component.name): \(newest)" }
        let refused = component.refused.map { "\($0)" }.joined(separator: ", ")
        return "  \(component.name): \(newest), not trusted: \(refused)"
    }

    private func fields(_ outcome: HostRevocation.Outcome) -> [JSONField] {
        let components = outcome.components.map { value($0) }
        return [
            JSONField("host", .text(host)), JSONField("keys", .integer(Int64(outcome.keys))),
            JSONField("untrusted_since", .time(outcome.since)),
            JSONField("trusted_objects", .integer(Int64(outcome.trusted))),
            JSONField("components", .array(components)),
            JSONField("missing", .array(outcome.missing.map { .text($0.message) })),
        ]
    }

    private func value(_ component: HostRevocation.Component) -> JSONValue {
        let newest: JSONValue = component.newest.map { .integer(Int64(clamping: $0)) } ?? .null
        let refused: [JSONValue] = component.refused.map { .integer(Int64(clamping: $0)) }
        return .object([
            JSONField("component", .text(component.name)), JSONField("trusted_number", newest),
            JSONField("untrusted_numbers", .array(refused)),
        ])
    }
}
