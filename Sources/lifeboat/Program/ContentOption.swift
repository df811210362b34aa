import ArgumentParser

/// The flags of `ls` that look into snapshots.
struct ContentOption: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "List what a snapshot of the component holds, as of this moment.",
            discussion: "Written as in `restore --at`; COMPONENT@NUMBER and commit:ID name one.",
            valueName: "TIME"
        )
    )
    var at: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only this file or folder, with all that is in it; may be repeated.",
            valueName: "PATH"
        )
    )
    var path: [String] = []
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only names and paths that this pattern fits, as in a .gitignore; may be repeated.",
            valueName: "PATTERN"
        )
    )
    var find: [String] = []
    @Flag(
        name: .long,
        help: "Look into every snapshot, the newest first; what is the same as before is left out."
    )
    var all = false
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Tell what changed from this moment to that of --at, by default the newest.",
            valueName: "TIME"
        )
    )
    var diff: String?

    @Flag(
        name: .long,
        help: "With --diff: also show which lines of text files changed; that takes an identity."
    )
    var patch = false

    /// Whether a snapshot is looked into at all.
    var isAsked: Bool { at != nil || !path.isEmpty || !find.isEmpty || all || diff != nil }

    /// Refuses flags that contradict each other.
    func validate() throws {
        guard !all || diff == nil && at == nil else {
            throw ValidationError("--all looks into every snapshot, without --at and --diff")
        }
        guard !patch || diff != nil else {
            throw ValidationError("--patch shows what changed, which takes --diff")
        }
    }
}
