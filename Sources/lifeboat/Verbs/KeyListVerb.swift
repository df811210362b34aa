import ArgumentParser
import Console
import Model
import Recovery

/// `lifeboat key list`.
struct KeyListVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the keys of all hosts of the vault, and which of them are revoked."
    )

    @OptionGroup var global: GlobalOptions

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let stack = try ConfigurationFile.stack(global, screen)
        let list = try await HostKeyList.read(stack)
        var table = Table([
            .init("host"), .init("key"), .init("enrolled"), .init("state"),
        ])
        for item in list.items {
            table.add([
                Styled(item.host, .cyan), Styled(String(item.key.prefix(16))),
                Styled(TimeEcho.text(item.enrolled)), Self.text(item.state),
            ])
        }
        try screen.result(table.lines(color: screen.hasColor))
        try screen.json("host_keys", [JSONField("keys", .array(list.items.map { Self.value($0) }))])
        for fault in list.refused { _ = screen.show(fault) }
        return list.refused.first?.code.exit ?? .success
    }

    private static func text(_ state: HostKeyList.Item.State) -> Styled {
        switch state {
        case .inForce: Styled("in force", .green)
        case .replaced: Styled("replaced by a newer one")
        case .revoked(let since?):
            Styled("revoked: not trusted since \(TimeEcho.text(since))", .yellow)
        case .revoked: Styled("revoked, and the revocation is lost: nothing is trusted", .red)
        }
    }

    private static func value(_ item: HostKeyList.Item) -> JSONValue {
        var since: Instant?
        let state: String
        switch item.state {
        case .inForce: state = "in_force"
        case .replaced: state = "replaced"
        case .revoked(let moment): (state, since) = ("revoked", moment)
        }
        return .object([
            JSONField("host", .text(item.host)), JSONField("key", .text(item.key)),
            JSONField("enrolled", .time(item.enrolled)), JSONField("state", .text(state)),
            JSONField("untrusted_since", since.map { .time($0) } ?? .null),
        ])
    }
}
