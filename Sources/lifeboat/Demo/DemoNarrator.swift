import Console
import Model
import SystemIO

/// Tells the story of a demonstration: numbered steps, each with what it came to and how long it took.
struct DemoNarrator: Sendable {
    /// A step that has begun.
    struct Step: Sendable {
        let number: Int
        let title: String
        let begin: Duration
    }

    /// A line of a step: a label and what there is to say.
    typealias Line = (label: String, text: String)

    let screen: Screen

    /// Begins a step.
    ///
    /// - Throws: `E-CONSOLE-WRITE`.
    func begin(_ number: Int, _ title: String) throws(Fault) -> Step {
        let heading = Styled("\(number)  \(title)", .bold).rendered(color: screen.hasColor)
        try screen.result(["", heading])
        return Step(number: number, title: title, begin: BootClock.now())
    }

    /// Ends a step.
    ///
    /// - Throws: `E-CONSOLE-WRITE`.
    func end(_ step: Step, _ lines: [Line], _ fields: [JSONField] = []) throws(Fault) {
        let time = BootClock.now() - step.begin
        let width = lines.map { DisplayWidth.of($0.label) }.max() ?? 0
        let shown = lines.map { line in
            let space = String(repeating: " ", count: width - DisplayWidth.of(line.label) + 2)
            let label = Styled(line.label, .cyan).rendered(color: screen.hasColor)
            return "   \(label)\(space)\(Styled.visible(line.text))"
        }
        let took = Styled("   \(DemoText.seconds(time))", .dim).rendered(color: screen.hasColor)
        try screen.result(shown + [took])
        try screen.json(
            "step",
            [
                JSONField("number", .integer(Int64(step.number))),
                JSONField("title", .text(step.title)), JSONField("seconds", .seconds(time)),
            ] + fields
        )
    }

    /// Shows the progress of some work: bars on a terminal, objects as JSON, and else what matters of it alone.
    func progress(of verb: String) -> DemoProgress { DemoProgress(verb, screen) }

    /// Shows lines that are not a step's own, such as a plan.
    ///
    /// - Throws: `E-CONSOLE-WRITE`.
    func show(_ lines: [String]) throws(Fault) {
        try screen.result(lines.map { "   \($0)" })
    }
}
