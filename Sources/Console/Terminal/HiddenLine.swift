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
    /// How long a wait lasts before it looks whether the task was cancelled, in milliseconds.
    private static let patience: Int32 = 200
    private static let longest = 4096

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
            let line = try typed()
            // The line end that was typed was not shown either.
            try screen.write("\n")
            return line
        }
    }

    private static func withoutEcho<Value>(
        _ body: () throws(Fault) -> Value
    ) throws(Fault) -> Value {
        var before = termios()
        guard unsafe tcgetattr(0, &before) == 0 else { throw failure() }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ECHOE | ECHOK | ECHONL)
        guard unsafe tcsetattr(0, TCSAFLUSH, &silent) == 0 else { throw failure() }
        defer { _ = unsafe tcsetattr(0, TCSAFLUSH, &before) }
        return try body()
    }

    private static func typed() throws(Fault) -> [UInt8]? {
        var line: [UInt8] = []
        while line.count < longest {
            guard try isReady() else { continue }
            var byte: UInt8 = 0
            let count = unsafe read(0, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure() }
            if count == 0 { return line.isEmpty ? nil : line }
            if byte == 10 { return line }
            line.append(byte)
        }
        throw Fault(.consoleRead, "unable to read from the terminal: the line does not end")
    }

    /// Whether there is something to read, after a short wait.
    private static func isReady() throws(Fault) -> Bool {
        guard !Task.isCancelled else {
            throw Fault(.cancelled, "unable to read from the terminal: it was cancelled")
        }
        var descriptor = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&descriptor, 1, patience) > 0
    }

    private static func failure() -> Fault {
        let reason = unsafe String(cString: strerror(errno)).lowercased()
        return Fault(.consoleRead, "unable to read from the terminal: \(reason)")
    }
}
