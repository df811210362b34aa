import Foundation
import Glibc
import Model
import Synchronization
import SystemPackage

/// A server program of a test: on a port of loopback, ended with the object, and with the test process whatever
/// becomes of that.
final class GuardedProgram: Sendable {
    /// The folder of its log and whatever else it needs.
    let folder: ScratchFolder
    private let child: Mutex<ChildProgram>

    /// Runs a program, and ends it when it is told to or its parent is gone, in which case its folder goes too.
    private static let guardian = """
        "$@" & child=$!
        trap 'kill $child; wait $child; exit 0' TERM
        while kill -0 $PPID 2>/dev/null && kill -0 $child 2>/dev/null; do sleep 0.5 & wait $!; done
        kill $child 2>/dev/null
        wait $child
        kill -0 $PPID 2>/dev/null || rm -rf "$PWD"
        """

    /// Starts a program and waits until something accepts connections on a port.
    ///
    /// - Throws: `E-TEST-POSTGRES` with its log when that does not happen within five minutes.
    init(
        _ command: [String],
        environment: [String: String],
        folder: ScratchFolder,
        port: UInt16
    ) throws(Fault) {
        self.folder = folder
        let log = folder.path.appending("log").string
        child = Mutex(
            try ChildProgram(
                ["/bin/bash", "-c", Self.guardian, "guardian"] + command,
                environment: environment,
                directory: folder.path.string,
                output: log
            )
        )
        let deadline = ContinuousClock.now + .seconds(300)
        while !LoopbackSocket.canConnect(to: port) {
            let isRunning = child.withLock { $0.isRunning }
            guard isRunning, ContinuousClock.now < deadline else {
                let text = FileManager.default.contents(atPath: log) ?? Data()
                throw Fault(
                    .testServer,
                    "unable to start '\(command[0])': \(String(decoding: text, as: UTF8.self))"
                )
            }
            usleep(10_000)
        }
    }

    deinit { child.withLock { $0.terminate() } }
}
