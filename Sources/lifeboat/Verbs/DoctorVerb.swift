import ArgumentParser
import Console
import Model
import Recovery

/// `lifeboat doctor`.
struct DoctorVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Examines what the protection rests on, and names what mends it.",
        discussion: """
            Keys, the recovery kit, each copy, the rule that the copies shall meet, and the servers. Changes nothing.
            Ends with the first problem's code, with 4 when there are only warnings.
            """
    )

    @Flag(
        help:
            "Only print the SQL that lets Lifeboat read PostgreSQL's files in parallel, as grant.sql."
    )
    var grants = false
    @OptionGroup var about: SubjectArgument
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard about.value.component == nil else {
            throw ValidationError("the examination is of the whole stack, not of one component")
        }
    }

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let stack = try ConfigurationFile.stack(global, subject: about.value, screen)
        if grants { return try await printGrants(stack, screen) }
        let report = try await Doctor(stack).run()
        try screen.result(report.examinations.map { Self.line($0, color: screen.hasColor) })
        try screen.json("doctor", Self.fields(report))
        return report.exit
    }

    private func printGrants(
        _ stack: Stack,
        _ screen: Screen
    ) async throws(Fault) -> Model.ExitCode {
        let scripts = try await Doctor(stack).grants()
        try screen.result(
            scripts.flatMap { one in
                ["-- \(one.component)"]
                    + one.script.split(separator: "\n").map { Styled.visible(String($0)) }
            }
        )
        try screen.json(
            "grants",
            [
                JSONField(
                    "components",
                    .array(
                        scripts.map { one in
                            .object([
                                JSONField("name", .text(one.component)),
                                JSONField("sql", .text(one.script)),
                            ])
                        }
                    )
                )
            ]
        )
        return .success
    }

    private static func line(_ one: Examination, color: Bool) -> String {
        let style: Style =
            switch one.verdict {
            case .ok: .green
            case .warning: .yellow
            case .problem: .red
            }
        let verdict = Styled(one.verdict.rawValue, style).rendered(color: color)
        let remedy = one.remedy.map { "; \($0)" } ?? ""
        return "\(verdict): \(Styled.visible("\(one.subject): \(one.fact)\(remedy)"))"
    }

    private static func fields(_ report: DoctorReport) -> [JSONField] {
        [
            JSONField("exit_code", .integer(Int64(report.exit.rawValue))),
            JSONField(
                "examinations",
                .array(
                    report.examinations.map { one in
                        .object([
                            JSONField("subject", .text(one.subject)),
                            JSONField("verdict", .text(one.verdict.rawValue)),
                            JSONField("fact", .text(one.fact)),
                            JSONField("remedy", one.remedy.map { .text($0) } ?? .null),
                        ])
                    }
                )
            ),
        ]
    }
}
