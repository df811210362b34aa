public import Model

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A line that is typed at a terminal without being shown.
public enum HiddenLine {
    /// Reads a line from standard input, which is a terminal; its echo is off meanwhile.
    ///
    /// After success, failure and cancellation the terminal is as it was.
    ///
    /// - Parameter question: what is written to standard error first.
    /// - Returns: the bytes of the line without its end; nil at the end of input.
    /// - Throws: `E-CONSOLE-WRITE`, `E-CONSOLE-READ` when standard input is no terminal or the line
    ///   is very long, `E-CANCELLED`.
    public static func ask(_ question: String) throws(Fault) -> [UInt8]? {
        let screen = StandardSink(.error)
        return try withoutEcho { () throws(Fault) in
            // Only now, so that nothing that is typed at once is shown or thrown away.
            try screen.write(question)
            let line = try TypedLine.next()
            // The line end that was typed was not shown either.
            try screen.write("\n")
            return line
        }
    }

    private static func withoutEcho<Value>(
        _ body: () throws(Fault) -> Value
    ) throws(Fault) -> Value {
        var before = termios()
        guard unsafe tcgetattr(0, &before) == 0 else { throw TypedLine.failure() }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ECHOE | ECHOK | ECHONL)
        guard unsafe tcsetattr(0, TCSAFLUSH, &silent) == 0 else { throw TypedLine.failure() }
        defer { _ = unsafe tcsetattr(0, TCSAFLUSH, &before) }
        return try body()
    }
}
