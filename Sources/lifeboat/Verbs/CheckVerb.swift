import ArgumentParser
import Console
import Model
import Protection
import Recovery
import Vault

/// `lifeboat check`.
struct CheckVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Looks at every object of the vault, and names what is damaged.",
        discussion: """
            Without --deep no key is needed: every byte is compared with what its name or its signature commits to.
            Ends with 5 when something is damaged, forged or missing.
            """
    )

    @OptionGroup var about: SubjectArgument
    @Flag(name: .long, help: "Also decode every file and every piece of log.")
    var deep = false
    @OptionGroup var identities: IdentityOption
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard about.value.component == nil else {
            throw ValidationError("a check is of the whole vault, not of one component")
        }
    }

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let stack = try ConfigurationFile.stack(global, subject: about.value, screen)
        let isDeep = deep || !identities.identity.isEmpty
        let ring = isDeep ? try await identities.keyRing(stack) : try KeyRing(files: [])
        let board = screen.progress(of: "checking")
        let reporter = board.reporter(for: "vault")
        var seen: Int64 = 0
        let opening = isDeep ? try ring.required(to: "look into the data") : []
        let report = try await CheckRun(stack).run(identities: opening, vault: ring.vault) {
            report in
            reporter(.advanced(report.bytes.bytes - seen))
            seen = report.bytes.bytes
        }
        board.end("vault", isSuccess: report.damage.isEmpty)
        board.finish()
        try screen.result(Self.lines(report, isDeep: isDeep, color: screen.hasColor))
        try screen.json("summary", Self.fields(report))
        return report.exit
    }

    private static func lines(_ report: CheckReport, isDeep: Bool, color: Bool) -> [String] {
        let mark = Styled("damage:", .red).rendered(color: color)
        let damage = report.damage.map {
            "\(mark) \(Styled.visible($0.object)): \(Styled.visible($0.fact))"
        }
        let foreign = report.foreign.map { "not ours: \(Styled.visible($0))" }
        let unreferenced =
            report.unreferenced == 0
            ? [] : ["\(report.unreferenced) packs are left of backups that did not end"]
        let depth = isDeep ? ", \(report.files) files decoded" : ""
        let state =
            report.damage.isEmpty
            ? Styled("no damage", .green) : Styled("\(report.damage.count) findings", .red)
        return damage + foreign + unreferenced + [
            "\(state.rendered(color: color)): \(report.objects) objects, \(report.bytes),"
                + " \(report.snapshots) snapshots\(depth)"
        ]
    }

    private static func fields(_ report: CheckReport) -> [JSONField] {
        let damage: [JSONValue] = report.damage.map {
            .object([JSONField("object", .text($0.object)), JSONField("fact", .text($0.fact))])
        }
        return [
            JSONField("objects", .integer(Int64(report.objects))),
            JSONField("bytes", .bytes(report.bytes)),
            JSONField("snapshots", .integer(Int64(report.snapshots))),
            JSONField("files", .integer(Int64(report.files))),
            JSONField("damage", .array(damage)),
            JSONField("foreign", .array(report.foreign.map { .text($0) })),
            JSONField("unreferenced_packs", .integer(Int64(report.unreferenced))),
            JSONField("exit_code", .integer(Int64(report.exit.rawValue))),
        ]
    }
}
