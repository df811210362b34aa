import Glibc
import Model
import SystemIO
import SystemPackage

/// A server of a demonstration while it runs.
struct DemoServer: Sendable {
    let child: ChildProcess

    /// Waits until an attempt to use the server succeeds.
    ///
    /// - Throws: `E-DEMO-SERVER` with the end of its log when it ends before, or takes longer than two minutes.
    func ready(
        log: FilePath,
        _ attempt: () async throws(Fault) -> Void
    ) async throws(Fault) {
        let deadline = BootClock.now() + .seconds(120)
        while true {
            do throws(Fault) { return try await attempt() } catch {
                try DemoClock.checkCancellation()
                guard try child.wait(upTo: .milliseconds(50)) == nil, BootClock.now() < deadline
                else { throw Self.failure(log, cause: error) }
            }
        }
    }

    /// Ends it with a signal, after five seconds with `SIGKILL`, and waits until it has ended.
    func end(with signal: Int32) throws(Fault) {
        guard try child.wait(upTo: .zero) == nil else { return }
        try child.terminate(signal)
        if try child.wait(upTo: .seconds(5)) == nil { try crash() }
    }

    /// Kills it and every process that it has started, at once, as a power cut would.
    func crash() throws(Fault) {
        guard try child.wait(upTo: .zero) == nil else { return }
        // Stopped, it neither starts processes nor takes leave of ended ones: their numbers stay theirs.
        try child.terminate(SIGSTOP)
        for pid in try children() { kill(pid, SIGKILL) }
        try child.terminate(SIGKILL)
        _ = try child.wait(upTo: .seconds(10))
    }

    /// The processes that it has started (`proc(5)`).
    private func children() throws(Fault) -> [Int32] {
        let file = FilePath("/proc/\(child.pid)/task/\(child.pid)/children")
        let text = String(
            decoding: try DurableFile.read(file, limit: ByteCount(1 << 20)),
            as: UTF8.self
        )
        return text.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
    }

    private static func failure(_ log: FilePath, cause: Fault) -> Fault {
        let text = (try? DurableFile.read(log, limit: ByteCount(1 << 20))) ?? []
        let line = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).last
        return Fault(
            .demoServer,
            "unable to start a server for the demonstration: \(line.map(String.init) ?? cause.message)",
            cause: cause
        )
    }
}
