import ArgumentParser
import Console
import Model
import Recovery
import Services
import StackConfiguration

/// `lifeboat services`.
struct ServicesVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "services",
        abstract: "Shows the services that a restore stops, and starts what one left stopped.",
        discussion: """
            A restore notes what ran before it stops anything. Was it killed, `backup`, `run` and the next `restore` start again what
            touches nothing that is half restored; --put-back starts everything that it had stopped.
            """
    )

    @Flag(name: .long, help: "Start what a restore stopped, whatever became of that restore.")
    var putBack = false
    @OptionGroup var about: SubjectArgument
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard about.value.component == nil else {
            throw ValidationError("services are those of the whole stack, not of one component")
        }
    }

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let stack = try ConfigurationFile.stack(global, subject: about.value, screen)
        let services = StackServices(stack)
        var failures: [Fault] = []
        if putBack, let ending = try await services.putBack(regardless: true) {
            failures = ending.failures
        }
        let standings = try await services.standings()
        var table = Table([.init("service"), .init("is"), .init("state")])
        for standing in standings {
            table.add([
                Styled(standing.name, .cyan), Styled(standing.title), Self.state(standing),
            ])
        }
        if !standings.isEmpty { try screen.result(table.lines(color: screen.hasColor)) }
        try screen.json("services", [JSONField("services", .array(standings.map(Self.value)))])
        for fault in standings.compactMap(\.fault)
        where !failures.contains(where: { $0.message == fault.message }) {
            failures.append(fault)
        }
        for fault in failures { _ = screen.show(fault) }
        return failures.first?.code.exit ?? .success
    }

    private static func state(_ standing: ServiceStanding) -> Styled {
        guard !standing.isLeft else {
            return standing.waitsFor.isEmpty
                ? Styled("stopped by a restore", .yellow)
                : Styled(
                    "stopped until \(standing.waitsFor.joined(separator: ", ")) is restored",
                    .yellow
                )
        }
        switch standing.parts {
        case .failure: return Styled("unknown", .red)
        case .success(let parts):
            let running = parts.count(where: \.isRunning)
            if parts.isEmpty { return Styled("not on this host") }
            if parts.count > 1 { return Styled("\(running) of \(parts.count) run") }
            return running == 1 ? Styled("runs", .green) : Styled("stands still")
        }
    }

    private static func value(_ standing: ServiceStanding) -> JSONValue {
        let parts = try? standing.parts.get()
        return .object([
            JSONField("name", .text(standing.name)), JSONField("is", .text(standing.title)),
            JSONField("error", standing.fault.map { .text($0.code.id) } ?? .null),
            JSONField("parts", parts.map { .integer(Int64($0.count)) } ?? .null),
            JSONField(
                "running",
                parts.map { .integer(Int64($0.count(where: \.isRunning))) } ?? .null
            ),
            JSONField("left_stopped", .boolean(standing.isLeft)),
            JSONField("waits_for", .array(standing.waitsFor.map { .text($0) })),
        ])
    }
}
