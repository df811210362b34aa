import ArgumentParser
import Console
import Model
import Recovery
import StackConfiguration
import Vault

/// `lifeboat backup`.
struct BackupVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Takes a snapshot of the stack, or of one component."
    )

    @Flag(
        help: """
            Read every page of PostgreSQL's files, whatever its log says changed: what rotted on the disk is \
            found. It happens by itself once in 7 days.
            """
    )
    var readEverything = false

    @OptionGroup var about: SubjectArgument
    @OptionGroup var untested: UntestedOption
    @OptionGroup var global: GlobalOptions

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        var stack = try ConfigurationFile.stack(global, subject: about.value, screen)
        stack.allowsUntestedVersions = untested.untestedVersion
        await Leftovers(stack).clear(screen)
        let board = screen.progress(of: "backing up")
        let summary: BackupSummary
        do throws(Fault) {
            summary = try await StackBackup(stack, readsEverything: readEverything).run(
                about.value.names
            ) { name in
                board.reporter(for: name)
            }
        } catch {
            board.finish()
            throw error
        }
        for result in summary.results { board.end(result.name, isSuccess: result.fault == nil) }
        for copy in summary.copies {
            switch copy.outcome {
            case .written, .waits: continue
            case .updated: board.end("copy \(copy.name)", isSuccess: true)
            case .behind: board.end("copy \(copy.name)", isSuccess: false)
            }
        }
        board.finish()
        try screen.result(lines(summary, stack, color: screen.hasColor))
        try screen.json("summary", Self.fields(summary))
        for fault in summary.hostFaults { _ = screen.show(fault) }
        for result in summary.results {
            if let fault = result.fault { _ = screen.show(fault) }
            for finding in result.findings { _ = screen.show(finding) }
        }
        for fault in summary.copies.compactMap(\.fault) { _ = screen.show(fault) }
        return summary.exit
    }

    private func lines(_ summary: BackupSummary, _ stack: Stack, color: Bool) -> [String] {
        var table = Table([
            .init("component"), .init("result"), .init(number: "source"), .init(number: "new"),
            .init(number: "stored"), .init(number: "took"),
        ])
        for result in summary.results {
            let sizes = result.snapshot?.head.sizes
            table.add([
                Styled(result.name, .cyan), Self.outcome(result),
                Styled(sizes.map { "\(ByteCount($0.source))" } ?? "-"),
                Styled(sizes.map { "\(ByteCount($0.added))" } ?? "-"),
                Styled(sizes.map { "\(ByteCount($0.stored))" } ?? "-"),
                Styled(DurationText.text(result.duration)),
            ])
        }
        let count = summary.results.count { $0.fault == nil }
        let total = summary.results.count
        let head =
            count == 0
            ? "no snapshot was taken"
            : "snapshot \(summary.set)" + (count < total ? ", in part" : "")
        let took = DurationText.text(summary.finished - summary.started)
        let readings = summary.results.compactMap { result in
            result.snapshot?.head.facts["read_why"].map { "\(result.name): \($0)" }
        }
        return table.lines(color: color) + readings
            + BackedUpCopyText.lines(summary.copies, color: color) + [
                "\(head): \(count) of \(total) components of \(stack.configuration.stack)"
                    + " at \(TimeEcho.text(summary.finished)), \(took)"
            ]
    }

    private static func outcome(_ result: ComponentBackup) -> Styled {
        guard result.fault == nil else { return Styled("failed", .red) }
        return result.problems == 0
            ? Styled("ok", .green)
            : Styled("ok, but \(result.kind.problemText(result.problems))", .yellow)
    }

    private static func fields(_ summary: BackupSummary) -> [JSONField] {
        let components: [JSONValue] = summary.results.map { result in
            let head = result.snapshot?.head
            return .object([
                JSONField("component", .text(result.name)),
                JSONField("kind", .text(result.kind.rawValue)),
                JSONField("snapshot", result.snapshot.map { .text($0.id.description) } ?? .null),
                JSONField("time", head.map { .time($0.time) } ?? .null),
                JSONField("bytes_source", head.map { .integer($0.sizes.source) } ?? .null),
                JSONField("bytes_added", head.map { .integer($0.sizes.added) } ?? .null),
                JSONField("bytes_stored", head.map { .integer($0.sizes.stored) } ?? .null),
                JSONField("method", head?.facts["method"].map { .text($0) } ?? .null),
                JSONField("reading", head?.facts["read_why"].map { .text($0) } ?? .null),
                JSONField(
                    "bytes_read",
                    head?.facts["read_bytes"].flatMap { Int64($0) }.map { .integer($0) } ?? .null
                ),
                JSONField(
                    "paths_unread",
                    .integer(Int64(result.kind == .postgresql ? 0 : result.problems))
                ),
                JSONField(
                    "pages_damaged",
                    .integer(Int64(result.kind == .postgresql ? result.problems : 0))
                ),
                JSONField("seconds", .seconds(result.duration)),
                JSONField("findings", .array(result.findings.map { .text($0.message) })),
                JSONField("error", result.fault.map { .text($0.code.id) } ?? .null),
            ])
        }
        return [
            JSONField("set", .text(summary.set)), JSONField("started", .time(summary.started)),
            JSONField("finished", .time(summary.finished)),
            JSONField("exit_code", .integer(Int64(summary.exit.rawValue))),
            JSONField("components", .array(components)),
            JSONField("copies", .array(summary.copies.map { BackedUpCopyText.value($0) })),
            JSONField("host_findings", .array(summary.hostFaults.map { .text($0.message) })),
        ]
    }
}
