import ArgumentParser
import Console
import Model
import PostgresProtection
import Recovery
import SystemIO

/// `lifeboat wal import`.
struct WalImportVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Makes an archive directory of another tool part of the vault's log.",
        discussion: """
            Takes segments, the unfilled last ones of timelines, and history files, plain or packed with gzip, zstd or lz4, from the folder
            and those below it. Changes nothing there; again with the same folder stores nothing. Shows the gaps that are left.
            Ends with 3 when files were not taken.
            """
    )

    @Argument(help: ArgumentHelp("The folder.", valueName: "directory"))
    var directory: String
    @OptionGroup var about: SubjectArgument
    @OptionGroup var global: GlobalOptions

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let stack = try ConfigurationFile.stack(global, subject: about.value, screen)
        let board = screen.progress(of: "importing")
        let report: ArchiveImport.Report
        do throws(Fault) {
            report = try await WALImport(stack).run(
                WorkingDirectory.absolute(directory),
                about.value.names,
                progress: board.reporter(for: directory)
            )
        } catch {
            board.end(directory, isSuccess: false)
            board.finish()
            throw error
        }
        board.end(directory, isSuccess: report.refused.isEmpty)
        board.finish()
        try screen.result(Self.lines(report))
        try screen.json("wal_import", Self.fields(report))
        for refusal in report.refused { _ = screen.show(refusal.fault) }
        return report.refused.isEmpty ? .success : .incomplete
    }

    private static func lines(_ report: ArchiveImport.Report) -> [String] {
        var lines = [
            "\(report.stored) segments stored, \(report.present) were there; \(report.histories) histories;"
                + " \(report.others) other files"
        ]
        for reach in report.reaches {
            let ranges = reach.ranges.map { "\(LSN($0.lowerBound)) to \(LSN($0.upperBound))" }
            lines.append("timeline \(reach.timeline): \(ranges.joined(separator: ", gap, "))")
        }
        lines += report.refused.map { "not taken: \(Styled.visible($0.path.displayed))" }
        return lines
    }

    private static func fields(_ report: ArchiveImport.Report) -> [JSONField] {
        let reaches: [JSONValue] = report.reaches.map { reach in
            let ranges: [JSONValue] = reach.ranges.map {
                .array([.text("\(LSN($0.lowerBound))"), .text("\(LSN($0.upperBound))")])
            }
            return .object([
                JSONField("timeline", .integer(Int64(reach.timeline))),
                JSONField("ranges", .array(ranges)),
                JSONField("has_history", .boolean(reach.hasHistory)),
            ])
        }
        return [
            JSONField("stored", .integer(Int64(report.stored))),
            JSONField("present", .integer(Int64(report.present))),
            JSONField("histories", .integer(Int64(report.histories))),
            JSONField("others", .integer(Int64(report.others))),
            JSONField("refused", .array(report.refused.map { .text($0.path.displayed) })),
            JSONField("timelines", .array(reaches)),
        ]
    }
}
