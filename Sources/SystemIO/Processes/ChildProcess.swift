import CLinux
import Glibc
public import Model
import SystemPackage

/// A program that runs while somebody works with it; see ``Command/spawn(log:_:)``.
///
/// Valid only inside the closure it was given to: until then nobody else can get the process's number.
public struct ChildProcess: Sendable {
    /// The process's number.
    public let pid: Int32
    let descriptor: Int32
    let executable: String

    /// Sends a signal, such as `SIGTERM`; a process that has ended is left in peace.
    ///
    /// - Throws: `E-IO-DENIED` when it may not be signalled.
    public func terminate(_ signal: Int32) throws(Fault) {
        switch retrying({ kill(pid, signal) }) {
        case .success, .failure(.noSuchProcess): return
        case .failure(let error): throw .unable("signal program", executable, error)
        }
    }

    /// How the process ended, waiting at most some time for it; blocks the thread.
    ///
    /// - Returns: nil when it still runs.
    /// - Throws: `E-IO-…` when the system cannot tell.
    public func wait(upTo patience: Duration) throws(Fault) -> ExitStatus? {
        let limit = patience.components.seconds.clamped(to: 0...1_000_000) * 1000
        let rest = patience.components.attoseconds / 1_000_000_000_000_000
        let milliseconds = Int32(limit + max(0, rest))
        switch retrying({ linux_poll_readable(descriptor, milliseconds) }) {
        case .success(0): return nil
        case .success: return try status()
        case .failure(let error): throw .unable("wait for program", executable, error)
        }
    }

    /// Waits for the process to end by itself; blocks the thread, a tenth of a second at a time.
    ///
    /// - Throws: `E-CANCELLED` when the task is cancelled, `E-IO-…` when the system cannot tell.
    public func wait() throws(Fault) -> ExitStatus {
        while true {
            if let status = try wait(upTo: .milliseconds(100)) { return status }
            guard !Task.isCancelled else {
                throw Fault(
                    .cancelled,
                    "unable to wait for program '\(executable)': it was cancelled"
                )
            }
        }
    }

    private func status() throws(Fault) -> ExitStatus {
        var code: Int32 = 0
        var isSignalled: Int32 = 0
        switch retrying({ unsafe linux_peek_status(descriptor, &code, &isSignalled) }) {
        case .success: return isSignalled == 0 ? .exited(code) : .signalled(code)
        case .failure(let error): throw .unable("wait for program", executable, error)
        }
    }
}

extension Comparable {
    fileprivate func clamped(to range: ClosedRange<Self>) -> Self {
        min(max(self, range.lowerBound), range.upperBound)
    }
}
