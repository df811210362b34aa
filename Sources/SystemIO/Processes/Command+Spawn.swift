public import Model
import Subprocess
public import SystemPackage

extension Command {
    /// Runs the program beside a piece of work, which may stop it or wait for it.
    ///
    /// When the work returns or throws, a program that still runs is ended: `SIGTERM`, then after ``patience``
    /// `SIGKILL`. When the task is cancelled, the program is ended in the same way while the work goes on.
    ///
    /// - Parameters:
    ///   - log: A file to which its standard output and error are appended; nil to throw them away.
    ///   - body: The work.
    /// - Returns: What the work returned, and how the program ended.
    /// - Throws: What the work throws; `E-COMMAND-MISSING`, `E-COMMAND-FAILED`, `E-IO-…` for the log.
    public func spawn<Value: Sendable>(
        log: FilePath? = nil,
        _ body: (ChildProcess) async throws(Fault) -> Value
    ) async throws(Fault) -> (value: Value, status: ExitStatus) {
        let file = try Descriptor.open(log ?? "/dev/null", .write, create: .ifMissing(0o600))
        let result = try await spawn(appendingTo: file, body)
        try file.close()
        return result
    }

    /// Does the same with an open file for the program's output and error.
    ///
    /// - Throws: As ``spawn(log:_:)``.
    public func spawn<Value: Sendable>(
        appendingTo file: borrowing Descriptor,
        _ body: (ChildProcess) async throws(Fault) -> Value
    ) async throws(Fault) -> (value: Value, status: ExitStatus) {
        let configuration = try await configuration()
        try file.appendAlways()
        let output = FileDescriptor(rawValue: file.rawValue)
        do {
            let ended = try await Subprocess.run(
                configuration,
                input: .none,
                output: .fileDescriptor(output, closeAfterSpawningProcess: false),
                error: .fileDescriptor(output, closeAfterSpawningProcess: false)
            ) { execution in
                let child = ChildProcess(
                    pid: execution.processIdentifier.value,
                    descriptor: execution.processIdentifier.processDescriptor,
                    executable: executable
                )
                let value = try await body(child)
                if try child.wait(upTo: .zero) == nil {
                    await execution.teardown(using: configuration.platformOptions.teardownSequence)
                }
                return value
            }
            return (ended.closureResult, ExitStatus(ended.terminationStatus))
        } catch {
            throw failure(error)
        }
    }
}
