import Console
import Glibc
import Model
import SystemIO

/// What a verb shows: results on standard output, everything else on standard error.
struct Screen: Sendable {
    /// Whether results are JSON.
    let isJSON: Bool
    /// Whether only errors are shown.
    let isQuiet: Bool
    /// Whether results go to standard error, since what was asked for goes to standard output.
    var resultsGoAside = false
    private let output = StandardSink(.output)
    private let errors = StandardSink(.error)
    private let outputTerminal: Terminal
    /// What standard error can show.
    let errorTerminal: Terminal

    init(_ options: GlobalOptions) {
        self.init(isJSON: options.json, isQuiet: options.quiet, isPlain: options.noColor)
    }

    init(isJSON: Bool = false, isQuiet: Bool = false, isPlain: Bool = false) {
        self.isJSON = isJSON
        self.isQuiet = isQuiet
        var environment = Variables.all
        if isPlain { environment["NO_COLOR"] = "1" }
        outputTerminal = Terminal(of: .output, environment: environment)
        errorTerminal = Terminal(of: .error, environment: environment)
    }

    /// Whether standard output may be coloured.
    var hasColor: Bool { (resultsGoAside ? errorTerminal : outputTerminal).hasColor }

    /// Whether a person can be asked: both ends of the conversation are a terminal.
    var isConversation: Bool { isatty(0) == 1 && isatty(2) == 1 && !isJSON && !isQuiet }

    /// Whether somebody can type a passphrase, which no other answer can stand in for.
    var hasPerson: Bool { isatty(0) == 1 && isatty(2) == 1 }

    /// Writes lines of the result; nothing with `--json` or `--quiet`.
    ///
    /// - Throws: `E-CONSOLE-WRITE`.
    func result(_ lines: [String]) throws(Fault) {
        guard !isJSON, !isQuiet, !lines.isEmpty else { return }
        try (resultsGoAside ? errors : output).write(lines.map { $0 + "\n" }.joined())
    }

    /// Writes a styled text as a line of the result.
    ///
    /// - Throws: `E-CONSOLE-WRITE`.
    func result(_ text: String, _ style: Style) throws(Fault) {
        try result([Styled(text, style).rendered(color: hasColor)])
    }

    /// Writes an object of the result with `--json`; nothing else otherwise.
    ///
    /// - Throws: `E-CONSOLE-WRITE`.
    func json(_ type: String, _ fields: [JSONField]) throws(Fault) {
        guard isJSON, !isQuiet else { return }
        try JSONOutput(output).write(type, fields)
    }

    /// Writes something that a person should know, beside the result; dropped when it cannot be
    /// written.
    func note(_ text: String) {
        guard !isQuiet, !isJSON else { return }
        let mark = Styled("note:", .yellow).rendered(color: errorTerminal.hasColor)
        try? errors.writeLine("\(mark) \(Styled.visible(text))")
    }

    /// Asks a person for a line; nil at the end of input.
    ///
    /// - Throws: `E-CANCELLED` when a signal came meanwhile, `E-CONSOLE-READ`, `E-CONSOLE-WRITE`.
    func ask(_ question: String) throws(Fault) -> String? {
        try errors.write(question)
        return try TypedLine.next().map { String(decoding: $0, as: UTF8.self) }
    }

    /// Shows a fault; gives back the exit code it asks for.
    func show(_ fault: Fault) -> ExitCode {
        if isJSON {
            try? JSONOutput(output).write(fault)
        } else {
            let lines = FaultText.lines(for: fault, color: errorTerminal.hasColor)
            try? errors.write(lines.map { $0 + "\n" }.joined())
        }
        return fault.code.exit
    }

    /// Writes a text that was asked for: help, the version.
    func print(_ text: String) -> ExitCode {
        do throws(Fault) {
            try output.writeLine(text)
            return .success
        } catch { return show(error) }
    }

    /// Shows the progress of some components from now on.
    func progress(of verb: String) -> ProgressBoard {
        ProgressBoard(
            verb: verb,
            mode: isQuiet ? .none : isJSON ? .json(JSONOutput(output)) : .display,
            sink: errors,
            terminal: errorTerminal
        )
    }
}
