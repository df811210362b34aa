import Console
import Model
import Recovery
import StackConfiguration

/// What stands between a plan and its execution.
enum Confirmation {
    /// Asks a person to type the name of the stack, unless that was answered on the command line.
    ///
    /// - Throws: `E-NOT-CONFIRMED` when nobody can be asked or the answer is another.
    static func require(
        _ stack: Stack,
        _ screen: Screen,
        isGiven: Bool,
        to verb: String
    ) throws(Fault) {
        if isGiven { return }
        let name = stack.configuration.stack
        guard screen.isConversation else {
            throw Fault(
                .notConfirmed,
                "unable to \(verb) '\(name)': nobody can be asked; nothing was changed",
                hints: ["Read the plan, then run the same command with --yes."]
            )
        }
        guard try screen.ask("Type \(name) to continue: ") == name else {
            throw Fault(
                .notConfirmed,
                "unable to \(verb) '\(name)': it was not confirmed; nothing was changed"
            )
        }
    }
}
