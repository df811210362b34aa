import ArgumentParser

/// What a verb is about: `STACK` or `STACK/COMPONENT`.
struct Subject: ExpressibleByArgument {
    /// The stack; nil for the one of the configuration.
    var stack: String?
    /// The component; nil for all.
    var component: String?

    /// Everything.
    init() {}

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        stack = String(parts[0])
        component = parts.count == 2 ? String(parts[1]) : nil
    }

    /// The component as the names that `Recovery` takes: none for all.
    var names: [String] { component.map { [$0] } ?? [] }
}

/// The argument `[STACK[/COMPONENT]]`.
struct SubjectArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("What it is about; default: everything.", valueName: "stack[/component]")
    )
    var subject: Subject?

    /// What it is about.
    var value: Subject { subject ?? Subject() }
}
