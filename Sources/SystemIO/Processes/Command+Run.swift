public import Model
import Subprocess
import SystemPackage

extension Command {
    /// What a program that has ended left behind.
    public struct Result: Sendable {
        /// How it ended.
        public let status: ExitStatus
        /// Its whole standard output.
        public let output: [UInt8]
        /// The end of its standard error, at most 8 KiB, as text.
        public let errorText: String

        /// The output of a program that ended with 0.
        ///
        /// - Throws: `E-COMMAND-FAILED` with the last line of its standard error.
        public func output(of command: Command) throws(Fault) -> [UInt8] {
            guard status.isSuccess else {
                let line = errorText.split(whereSeparator: \.isNewline).last
                let detail = line.map { " (\($0))" } ?? ""
                throw Fault(
                    .commandFailed,
                    "unable to run program '\(command.executable)': \(status)\(detail)"
                )
            }
            return output
        }
    }

    /// Runs the program to its end.
    ///
    /// A status other than 0 is a result, not a fault; see ``runSuccessfully(input:outputLimit:)``.
    ///
    /// - Parameters:
    ///   - input: What it reads from standard input, a file in memory; a program that reads less is fine.
    ///   - outputLimit: The most bytes of standard output that are kept; the program is ended when it writes more.
    /// - Returns: What it left behind.
    /// - Throws: `E-COMMAND-MISSING`, `E-COMMAND-OUTPUT`, `E-COMMAND-FAILED`, `E-CANCELLED`.
    public func run(input: [UInt8] = [], outputLimit: Int) async throws(Fault) -> Result {
        let configuration = try await configuration()
        // Not a pipe: whoever writes to one that nobody reads any more is killed by SIGPIPE.
        let memory = try Descriptor.inMemory()
        try memory.write(input, at: 0)
        let standardInput = FileDescriptor(rawValue: memory.rawValue)
        do {
            let ended = try await Subprocess.run(
                configuration,
                input: .fileDescriptor(standardInput, closeAfterSpawningProcess: false),
                output: .sequence,
                error: .sequence
            ) { execution in
                async let errorText = Self.tail(of: execution.standardError)
                let output = try await collect(execution.standardOutput, limit: outputLimit)
                return (output, await errorText)
            }
            try memory.close()
            return Result(
                status: ExitStatus(ended.terminationStatus),
                output: ended.closureResult.0,
                errorText: ended.closureResult.1
            )
        } catch {
            throw failure(error)
        }
    }

    /// Runs the program to its end and takes any status but 0 for a fault.
    ///
    /// - Returns: Its whole standard output.
    /// - Throws: `E-COMMAND-FAILED` with the last line of its standard error, and as ``run(input:outputLimit:)``.
    public func runSuccessfully(
        input: [UInt8] = [],
        outputLimit: Int
    ) async throws(Fault) -> [UInt8] {
        try await run(input: input, outputLimit: outputLimit).output(of: self)
    }

    private func collect(
        _ output: SubprocessOutputSequence,
        limit: Int
    ) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in output {
            unsafe bytes += piece.withUnsafeBytes { unsafe Array($0) }
            guard bytes.count <= limit else {
                throw Fault(
                    .commandOutput,
                    "unable to run program '\(executable)': it wrote more than \(limit) bytes"
                )
            }
        }
        return bytes
    }

    /// What can be read of standard error; it is a comment on the result, so failing to read it changes nothing.
    static func tail(of error: SubprocessOutputSequence) async -> String {
        let limit = 8 << 10
        var bytes: [UInt8] = []
        do {
            for try await piece in error {
                unsafe bytes += piece.withUnsafeBytes { unsafe Array($0) }
                if bytes.count > 2 * limit { bytes.removeFirst(bytes.count - limit) }
            }
        } catch {
            bytes += Array("\n(standard error could not be read: \(error))".utf8)
        }
        return String(decoding: bytes.suffix(limit), as: UTF8.self)
    }
}

extension ExitStatus {
    init(_ status: TerminationStatus) {
        switch status {
        case .exited(let code): self = .exited(code)
        case .signaled(let number): self = .signalled(number)
        }
    }
}
