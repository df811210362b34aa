import Glibc
public import Model
import Subprocess
import SystemPackage

extension Command {
    /// How a program ended whose output went elsewhere.
    public struct Ending: Sendable {
        /// How it ended.
        public let status: ExitStatus
        /// The end of its standard error, at most 8 KiB, as text.
        public let errorText: String
    }

    /// Runs the program to its end; what it writes goes to an open file, at the file's own position.
    ///
    /// A status other than 0 is a result, not a fault.
    ///
    /// - Throws: `E-COMMAND-MISSING`, `E-COMMAND-FAILED`, `E-CANCELLED`.
    public func run(to file: borrowing Descriptor) async throws(Fault) -> Ending {
        let configuration = try await configuration()
        let output = FileDescriptor(rawValue: file.rawValue)
        do {
            let ended = try await Subprocess.run(
                configuration,
                input: .none,
                output: .fileDescriptor(output, closeAfterSpawningProcess: false),
                error: .sequence
            ) { execution in await Self.tail(of: execution.standardError) }
            return Ending(
                status: ExitStatus(ended.terminationStatus),
                errorText: ended.closureResult
            )
        } catch { throw failure(error) }
    }

    /// Runs the program to its end and hands over what it writes, piece by piece as it comes.
    ///
    /// A status other than 0 is a result, not a fault. When `consume` throws, the program is ended.
    ///
    /// - Throws: what `consume` throws; `E-COMMAND-MISSING`, `E-COMMAND-FAILED`, `E-CANCELLED`.
    public func read(
        _ consume: ([UInt8]) async throws(Fault) -> Void
    ) async throws(Fault) -> Ending {
        let configuration = try await configuration()
        do {
            let ended = try await Subprocess.run(
                configuration,
                input: .none,
                output: .sequence,
                error: .sequence
            ) { execution in
                async let errorText = Self.tail(of: execution.standardError)
                for try await piece in execution.standardOutput {
                    try await consume(unsafe piece.withUnsafeBytes { unsafe Array($0) })
                }
                return await errorText
            }
            return Ending(
                status: ExitStatus(ended.terminationStatus),
                errorText: ended.closureResult
            )
        } catch { throw failure(error) }
    }

    /// Runs the program beside a piece of work that writes its standard input; what it writes itself is thrown away.
    ///
    /// The program finds the end of its input when the work returns or throws. Then it is waited for, or ended where the work
    /// threw. A program that ends early makes the work's next write fail (`E-IO-…`), where SIGPIPE is ignored.
    ///
    /// - Returns: how it ended; the work's own fault comes with it, since the program may have caused it.
    /// - Throws: `E-COMMAND-MISSING`, `E-COMMAND-FAILED`, `E-CANCELLED`, `E-IO-…` when there is no pipe.
    public func feed(
        _ work: (borrowing Descriptor) async throws(Fault) -> Void
    ) async throws(Fault) -> (ending: Ending, fault: Fault?) {
        let configuration = try await configuration()
        let (reading, writing) = try Self.makePipe()
        var isWriterTaken = false
        defer { if !isWriterTaken { _ = Glibc.close(writing) } }
        do {
            let ended = try await Subprocess.run(
                configuration,
                input: .fileDescriptor(
                    FileDescriptor(rawValue: reading),
                    closeAfterSpawningProcess: true
                ),
                output: .discarded,
                error: .sequence
            ) { execution in
                isWriterTaken = true
                async let errorText = Self.tail(of: execution.standardError)
                let fault = await Self.write(Descriptor(owning: writing, path: "pipe"), work)
                let child = ChildProcess(
                    pid: execution.processIdentifier.value,
                    descriptor: execution.processIdentifier.processDescriptor,
                    executable: executable
                )
                if fault == nil { _ = try child.wait() }
                if try child.wait(upTo: .seconds(1)) == nil {
                    await execution.teardown(using: configuration.platformOptions.teardownSequence)
                }
                return (fault, await errorText)
            }
            let ending = Ending(
                status: ExitStatus(ended.terminationStatus),
                errorText: ended.closureResult.1
            )
            return (ending, ended.closureResult.0)
        } catch { throw failure(error) }
    }

    /// Does the work, then closes what it wrote to.
    private static func write(
        _ pipe: consuming Descriptor,
        _ work: (borrowing Descriptor) async throws(Fault) -> Void
    ) async -> Fault? {
        do throws(Fault) {
            try await work(pipe)
            try pipe.close()
            return nil
        } catch { return error }
    }

    /// Both ends of a pipe.
    ///
    /// No program that is started meanwhile gets them: it keeps no descriptor that it is not given.
    private static func makePipe() throws(Fault) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        let made = unsafe ends.withUnsafeMutableBufferPointer { buffer in
            unsafe Glibc.pipe(buffer.baseAddress)
        }
        guard made == 0 else { throw .unable("make pipe", "pipe", Errno.last) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
