public import Model
import SystemIO
public import SystemPackage

/// A program with a terminal of its own, at which a person types.
public enum TypedProgram {
    /// What a person does: wait for a text, then type a line, or `\u{3}` alone, an interrupt.
    public typealias Answer = (prompt: String, line: String)

    /// How it ended and what was on the screen.
    public struct Ending: Sendable {
        /// The exit code; 255 when a signal ended it, or nobody was asked what was to be asked.
        public let code: Int32
        /// Everything that was shown.
        public let screen: String
    }

    /// Runs a program to its end and gives the answers in their order.
    ///
    /// - Throws: `E-COMMAND-…`.
    public static func run(
        _ program: FilePath,
        _ arguments: [String],
        in folder: FilePath,
        answers: [Answer]
    ) async throws(Fault) -> Ending {
        let talk = answers.flatMap { [$0.prompt, $0.line] }
        let result = try await Command(
            "/usr/bin/python3",
            arguments: ["-c", script, "\(answers.count)"] + talk + [program.string] + arguments,
            workingDirectory: folder
        ).run(outputLimit: 1 << 20)
        guard case .exited(let code) = result.status else {
            return Ending(code: 255, screen: result.errorText)
        }
        return Ending(code: code, screen: String(decoding: result.output, as: UTF8.self))
    }

    private static let script = """
        import os, pty, select, sys
        count = int(sys.argv[1])
        talk, command = sys.argv[2:2 + 2 * count], sys.argv[2 + 2 * count:]
        pid, terminal = pty.fork()
        if pid == 0:
            os.execvp(command[0], command)
        seen = b""
        while True:
            if not select.select([terminal], [], [], 300)[0]:
                os.kill(pid, 9)
                break
            try:
                data = os.read(terminal, 65536)
            except OSError:
                break
            if not data:
                break
            sys.stdout.buffer.write(data)
            seen += data
            if talk and talk[0].encode() in seen:
                os.write(terminal, talk[1].encode() + (b"" if talk[1] == "\\x03" else b"\\n"))
                seen, talk = b"", talk[2:]
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        sys.stdout.flush()
        sys.exit(status if status >= 0 and not talk else 255)
        """
}
