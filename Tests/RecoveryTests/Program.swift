import Glibc
import Model
import SystemIO
import SystemPackage

/// The real executable, which the package builds beside the tests.
enum Program {
    /// Where it is: in the folder of the test program.
    static var path: FilePath {
        get throws(Fault) {
            try FileSystem.resolved("/proc/self/exe").parent.appending("lifeboat")
        }
    }

    /// Runs it to its end, under limits that `prlimit` sets.
    static func run(
        _ arguments: [String],
        in folder: FilePath,
        variables: [String: String] = [:],
        limits: [String] = []
    ) async throws(Fault) -> Ending {
        let program = try path
        let command = Command(
            limits.isEmpty ? program : "/usr/bin/prlimit",
            arguments: (limits.isEmpty ? [] : limits + [program.string]) + arguments,
            environment: ["PATH": "/usr/bin:/bin", "TZ": "UTC"].merging(variables) { $1 },
            workingDirectory: folder
        )
        let result = try await command.run(outputLimit: 1 << 20)
        return Ending(
            status: result.status,
            output: String(decoding: result.output, as: UTF8.self),
            errors: result.errorText
        )
    }

    /// How it ended and what it wrote.
    struct Ending: Sendable {
        let status: ExitStatus
        let output: String
        let errors: String

        /// The exit code; nil when a signal ended it.
        var code: Int32? {
            guard case .exited(let code) = status else { return nil }
            return code
        }

        /// Everything that it wrote.
        var text: String { output + errors }
    }
}
