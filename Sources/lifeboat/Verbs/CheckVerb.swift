import ArgumentParser
import Console
import Model
import Protection
import Recovery
import StackConfiguration
import Vault

/// `lifeboat check`.
struct CheckVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Looks at the copies, names what is damaged, and mends one from another.",
        discussion: """
            listing: names, sizes and heads; is everything there? hashes: also every byte, compared with what its name
            or its signature commits to. deep: every file and piece of log is decoded as well, which takes an identity.
            With --budget only so much is read, and the next check goes on from there. When this host's keys are there,
            the vault remembers what was found.
            With --repair, what is damaged or missing in one copy is taken from an older version that its bucket keeps, or from
            another copy, and verified.
            Ends with 5 when something is damaged, forged or missing and was not mended, with 13 when a copy that should be
            there is not.
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
    @Option(
        name: .long,
        help: ArgumentHelp("The copy to look at. Default: all that are there.", valueName: "COPY")
    )
    var copy: String?
    @Flag(
        name: .long,
        help: "Mend what is damaged or missing from older versions and the other copies."
    )
    var repair = false
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
        var seen: [String: Int64] = [:]
        let check: StackCheck
        do throws(Fault) {
            check = try await CheckRun(stack).run(
                request,
                copies: copy.map { [$0] } ?? [],
                vault: ring.vault,
                repairs: repair
            ) { name, report in
                let bytes = report.bytes.bytes - seen[name, default: 0]
                board.reporter(for: name)(.advanced(max(0, bytes)))
                seen[name] = report.bytes.bytes
            }
        } catch {
            board.finish()
            throw error
        }
        for one in check.copies { board.end(one.copy.name, isSuccess: one.left.isEmpty) }
        for failure in check.failures { board.end(failure.copy.name, isSuccess: false) }
        board.finish()
        try screen.result(CheckText.lines(check, color: screen.hasColor))
        try screen.json("summary", CheckText.fields(check))
        for one in check.copies {
            guard let fault = one.report.unremembered else { continue }
            screen.note("not everything of this check is remembered: \(fault.message)")
        }
        for failure in check.failures { _ = screen.show(failure.fault) }
        for absent in check.absent where !absent.isExpected { _ = screen.show(absent.fault) }
        return check.exit
    }
}
