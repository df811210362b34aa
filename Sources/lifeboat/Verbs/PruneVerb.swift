import ArgumentParser
import Console
import Model
import Recovery
import StackConfiguration
import SystemIO
import Vault

/// `lifeboat prune`.
struct PruneVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Gives up what no rule keeps, and wins its space back a day later.",
        discussion: """
            Says of each snapshot why it stays or goes, and does nothing without a typed confirmation or --yes. What goes
            is marked first; a run a day or more later deletes it, if nothing needs it then. The newest good snapshot, held
            ones and everything inside `wal.keep` always stay.
            """
    )

    @OptionGroup var about: SubjectArgument
    @Option(name: .long, help: ArgumentHelp("The copy; default: the first.", valueName: "NAME"))
    var copy: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Whose snapshots; default: this host's.",
            discussion: "For a maintainer's machine, which writes none itself.",
            valueName: "HOST"
        )
    )
    var host: String?
    @Flag(name: .long, help: "Only say what would be done.")
    var dryRun = false
    @Flag(name: .long, help: "Do it without asking.")
    var yes = false
    @Flag(name: .long, help: "Give up snapshots that are gone or damaged, instead of stopping.")
    var acceptLosses = false
    @Option(
        name: .long,
        help: ArgumentHelp("Keep a snapshot until it is released.", valueName: "COMPONENT@NUMBER")
    )
    var hold: String?
    @Option(name: .long, help: ArgumentHelp("Why it is held.", valueName: "TEXT"))
    var reason: String?
    @Option(name: .long, help: ArgumentHelp("Until when it is held.", valueName: "TIME"))
    var until: String?
    @Option(
        name: .long,
        help: ArgumentHelp("Hold a snapshot no longer.", valueName: "COMPONENT@NUMBER")
    )
    var release: String?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard about.value.component == nil else {
            throw ValidationError("retention is of the whole stack, not of one component")
        }
        guard hold == nil || release == nil else {
            throw ValidationError("--hold and --release exclude each other")
        }
        guard (hold == nil) == (reason == nil) else {
            throw ValidationError("--hold and --reason belong together")
        }
        guard until == nil || hold != nil else {
            throw ValidationError("--until belongs to --hold")
        }
    }

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let stack = try ConfigurationFile.stack(global, subject: about.value, screen)
        let prune = try StackPrune(stack, copy: copy, host: host, acceptsLosses: acceptLosses)
        if let hold, let reason {
            try await prune.hold(hold, reason: reason, until: try untilTime())
            try screen.result(["held: \(hold)"])
            try screen.json("held", [JSONField("snapshot", .text(hold))])
            return .success
        }
        if let release {
            try await prune.release(release)
            try screen.result(["released: \(release)"])
            try screen.json("released", [JSONField("snapshot", .text(release))])
            return .success
        }
        let plan = try await prune.plan()
        try screen.result(PruneText.lines(plan, prune.copy, color: screen.hasColor))
        try screen.json("plan", PruneText.fields(plan, prune.copy))
        if dryRun { return .success }
        try Confirmation.require(stack, screen, isGiven: yes, to: "prune")
        let report = try await prune.run()
        try screen.result(PruneText.lines(report))
        try screen.json("summary", PruneText.fields(report))
        for finding in report.findings { _ = screen.show(finding) }
        return report.findings.isEmpty ? .success : .incomplete
    }

    private func untilTime() throws(Fault) -> Instant? {
        guard let until else { return nil }
        guard let time = Instant(rfc3339: until) else {
            throw Fault(
                .invalidValue,
                "unable to hold until '\(until)': it is no time",
                hints: ["Write it as 2026-12-31T00:00:00Z."]
            )
        }
        return time
    }
}
