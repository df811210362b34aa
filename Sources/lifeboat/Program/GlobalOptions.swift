import ArgumentParser
import SystemPackage

/// What every verb understands.
struct GlobalOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The configuration, or a recovery kit, which holds one.",
            discussion: "Default: ./lifeboat.yaml, then /etc/lifeboat/lifeboat.yaml.",
            valueName: "FILE"
        )
    )
    var config: String?

    @Flag(name: .long, help: "Write JSON: one object a line, each with its message_type.")
    var json = false

    @Flag(name: [.long, .short], help: "Write neither progress nor result, only errors.")
    var quiet = false

    @Flag(name: .long, help: "Write without colours.")
    var noColor = false
}
