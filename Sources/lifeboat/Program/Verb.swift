import ArgumentParser
import Model

/// One verb of the command line: it parses, calls, and shows.
protocol Verb: ParsableCommand, Sendable {
    /// What every verb understands.
    var global: GlobalOptions { get }

    /// Does the work; the program ends with what it gives back.
    ///
    /// - Throws: a fault, which is shown, and whose exit code the program ends with.
    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode
}
