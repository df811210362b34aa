import ArgumentParser
import Console
import Model
import Protection
import Recovery
import StackConfiguration
import Vault

/// `lifeboat copy`.
struct CopyVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Brings the copies up to date from one another.",
        discussion: """
            Copies what is missing, by name, each object verified on its way; needs no key. Interrupted, it goes on where it was.
            An empty place becomes a copy only when --to names it: an unmounted disk looks just like it.
            Ends with 13 when a copy cannot be reached, with 3 when something could not be copied.
            """
    )

    @OptionGroup var about: SubjectArgument
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The copy to bring up to date, or to make in an empty place. Default: all that are there.",
            valueName: "COPY"
        )
    )
    var to: String?
    @Option(
        name: .long,
        help: ArgumentHelp("The copy to take from. Default: all that are there.", valueName: "COPY")
    )
    var from: String?
    @Flag(name: .long, help: "Only tell what would be copied.")
    var dryRun = false
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard about.value.component == nil else {
            throw ValidationError("copies hold the whole vault, not one component")
        }
        if let to, to == from { throw ValidationError("--to and --from name the same copy") }
    }

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let stack = try ConfigurationFile.stack(global, subject: about.value, screen)
        var options = CopyRun.Options()
        options.target = to
        options.source = from
        options.isPreview = dryRun
        let board = screen.progress(of: "copying")
        var seen: [String: Int64] = [:]
        let summary: CopySummary
        do throws(Fault) {
            summary = try await CopyRun(stack, options).run { name, report in
                board.reporter(for: name)(.advanced(report.bytes.bytes - seen[name, default: 0]))
                seen[name] = report.bytes.bytes
            }
        } catch {
            board.finish()
            throw error
        }
        for name in seen.keys.sorted() {
            let ending = summary.endings.first { $0.copy.name == name }
            board.end(name, isSuccess: ending?.exit == .success)
        }
        board.finish()
        try screen.result(ReplicationText.lines(summary, color: screen.hasColor))
        try screen.json("summary", ReplicationText.fields(summary))
        for ending in summary.endings where !ending.isExpected {
            if let fault = ending.fault { _ = screen.show(fault) }
        }
        return summary.exit
    }
}
