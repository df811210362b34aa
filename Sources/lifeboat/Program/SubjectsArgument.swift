import ArgumentParser

/// The arguments `[STACK[/COMPONENT] ...]`, all of one stack.
struct SubjectsArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "What it is about; several components one after the other. Default: everything.",
            valueName: "stack[/component]"
        )
    )
    var subjects: [Subject] = []

    /// The stack that they name, as a whole; of no name when there are none.
    var stack: Subject {
        var subject = Subject()
        subject.stack = subjects.first?.stack
        return subject
    }

    /// The components, as the names that `Recovery` takes: none for all, which naming the stack itself asks for.
    var names: [String] {
        let names = subjects.compactMap(\.component)
        return names.count == subjects.count ? names : []
    }

    /// Refuses subjects of several stacks.
    func checkStack() throws {
        guard Set(subjects.map(\.stack)).count < 2 else {
            throw ValidationError("the components are of several stacks")
        }
    }
}
