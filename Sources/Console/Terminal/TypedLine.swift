public import Model

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A line from standard input, read so that a cancelled task stops waiting for it.
public enum TypedLine {
    /// How long a wait lasts before it looks whether the task was cancelled, in milliseconds.
    private static let patience: Int32 = 200
    private static let longest = 4096

    /// Reads one line.
    ///
    /// - Returns: the bytes of the line without its end; nil at the end of input.
    /// - Throws: `E-CONSOLE-READ` when the line is very long or cannot be read, `E-CANCELLED`.
    public static func next() throws(Fault) -> [UInt8]? {
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

    /// Why the terminal cannot be read, as the system last said.
    static func failure() -> Fault {
        let reason = unsafe String(cString: strerror(errno)).lowercased()
        return Fault(.consoleRead, "unable to read from the terminal: \(reason)")
    }
}
