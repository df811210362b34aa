import ArgumentParser

/// `lifeboat key`: the keys of this host and the recovery kit.
struct KeyVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract:
            "Shows and revokes keys of hosts, writes and tests the recovery kit, enrols this host.",
        subcommands: [
            KeyShowVerb.self, KeyListVerb.self, KeyKitVerb.self, KeyEnrolVerb.self,
            KeyRevokeVerb.self,
        ]
    )
}
