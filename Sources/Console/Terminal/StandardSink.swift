public import Model

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Standard output or standard error, unbuffered.
public struct StandardSink: Sink {
    /// Which of the two.
    public enum Stream: Int32, Sendable {
        /// The result of the command.
        case output = 1
        /// Progress and errors.
        case error = 2
    }

    private let stream: Stream

    /// Writes to a standard stream.
    public init(_ stream: Stream) { self.stream = stream }

    /// Writes a text whole, however many calls that takes.
    ///
    /// - Throws: ``Model/Fault/Code/consoleWrite`` when the stream no longer takes it.
    public func write(_ text: String) throws(Fault) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { bytes in
                #if canImport(Glibc)
                unsafe Glibc.write(stream.rawValue, bytes.baseAddress, bytes.count)
                #elseif canImport(Musl)
                unsafe Musl.write(stream.rawValue, bytes.baseAddress, bytes.count)
                #else
                unsafe Darwin.write(stream.rawValue, bytes.baseAddress, bytes.count)
                #endif
            }
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                let name = stream == .output ? "standard output" : "standard error"
                let reason = unsafe String(cString: strerror(errno)).lowercased()
                throw Fault(.consoleWrite, "unable to write to '\(name)': \(reason)")
            }
        }
    }
}
