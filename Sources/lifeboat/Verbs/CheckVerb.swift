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
        abstract: "Looks at the vault, and names what is damaged.",
        discussion: """
            listing: names, sizes and heads; is everything there? hashes: also every byte, compared with what its name
            or its signature commits to. deep: every file and piece of log is decoded as well, which takes an identity.
            With --budget only so much is read, and the next check goes on from there. When this host's keys are there,
            the vault remembers what was found.
            Ends with 5 when something is damaged, forged or missing.
            """
    )

    @OptionGroup var about: SubjectArgument
    @Option(
        name: .long,
        help: ArgumentHelp(
            "How closely to look: listing, hashes or deep. Default: hashes.",
            valueName: "DEPTH"
        )
    )
    var depth: DepthArgument?
    @Flag(name: .long, help: "The same as --depth deep.")
    var deep = false
    @Option(
        name: .long,
        help: ArgumentHelp("Read at most so much, such as 20GiB.", valueName: "SIZE")
    )
    var budget: SizeArgument?
    @OptionGroup var identities: IdentityOption
    @OptionGroup var global: GlobalOptions

    private var wanted: CheckDepth {
        depth?.depth ?? (deep || !identities.identity.isEmpty ? .deep : .hashes)
    }

    func validate() throws {
        guard about.value.component == nil else {
            throw ValidationError("a check is of the whole vault, not of one component")
        }
        guard !deep || wanted == .deep else {
            throw ValidationError("--deep and --depth \(wanted.rawValue) contradict each other")
        }
        guard budget == nil || wanted == .hashes else {
            throw ValidationError("a budget is for --depth hashes")
        }
    }

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let stack = try ConfigurationFile.stack(global, subject: about.value, screen)
        var request = CheckRequest()
        request.depth = wanted
        request.budget = budget?.size
        let ring =
            wanted == .deep
            ? try await identities.keyRing(stack, screen)
            : try KeyRing(files: [], passphrases: .none)
        if wanted == .deep { request.identities = try ring.required(to: "look into the data") }
        let board = screen.progress(of: "checking")
        let reporter = board.reporter(for: "vault")
        var seen: Int64 = 0
        let report: CheckReport
        do throws(Fault) {
            report = try await CheckRun(stack).run(request, vault: ring.vault) { report in
                reporter(.advanced(report.bytes.bytes - seen))
                seen = report.bytes.bytes
            }
        } catch {
            board.finish()
            throw error
        }
        board.end("vault", isSuccess: report.damage.isEmpty)
        board.finish()
        try screen.result(CheckText.lines(report, color: screen.hasColor))
        try screen.json("summary", CheckText.fields(report))
        if let fault = report.unremembered {
            screen.note("not everything of this check is remembered: \(fault.message)")
        }
        return report.exit
    }
}
