import Model
import Subprocess
public import SystemPackage

/// A program to be run, with its arguments; making one starts nothing.
///
/// Programs are started without a shell. They get no open file of ours but the three standard ones. They are ended when
/// the task that runs them is cancelled, and killed by the system when we die (through `setpriv --pdeathsig`,
/// where util-linux has it), see ``lastSignal``.
public struct Command: Sendable {
    /// The program: a path when it holds a `/`, else a name that is looked up in `PATH`.
    public var executable: String
    /// The arguments after the program's own name.
    public var arguments: [String]
    /// All of its environment; nil hands ours on.
    public var environment: [String: String]?
    /// Who it runs as; nil for who we are, since only root may choose.
    public var account: Account?
    /// Where it runs; nil for where we do.
    public var workingDirectory: FilePath?
    /// How long it may take to end after `SIGTERM`, before `SIGKILL`.
    public var patience: Duration = .seconds(10)
    /// The signal that the system sends it when we die, by its name without `SIG`.
    public var lastSignal = "KILL"

    /// Describes a program to be run.
    public init(
        _ executable: String,
        arguments: [String] = [],
        environment: [String: String]? = nil,
        account: Account? = nil,
        workingDirectory: FilePath? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.account = account
        self.workingDirectory = workingDirectory
    }

    /// Describes a program to be run, by its path.
    public init(
        _ executable: FilePath,
        arguments: [String] = [],
        environment: [String: String]? = nil,
        account: Account? = nil,
        workingDirectory: FilePath? = nil
    ) {
        self.init(
            executable.string,
            arguments: arguments,
            environment: environment,
            account: account,
            workingDirectory: workingDirectory
        )
    }

    /// What the library underneath needs to know.
    func configuration() async throws(Fault) -> Configuration {
        let environment: Environment =
            environment.map { values in
                .custom(
                    values.reduce(into: [:]) { all, value in
                        if let key = Environment.Key(rawValue: value.key) { all[key] = value.value }
                    }
                )
            } ?? .inherit
        let program = try await located(environment)
        var options = PlatformOptions()
        options.teardownSequence = [
            .gracefulShutDown(allowedDurationToNextStep: patience)
        ]
        let guarded = try guarded(program)
        return Configuration(
            executable: .path(guarded.program),
            arguments: Arguments(guarded.arguments),
            environment: environment,
            workingDirectory: workingDirectory,
            platformOptions: options
        )
    }

    /// The program behind `setpriv`, which ties its life to ours and changes the account.
    ///
    /// The account is not changed between fork and exec: there the C library waits for threads that the child does not
    /// have, and the start hangs. The death signal comes second, since a change of account takes it away.
    private func guarded(
        _ program: FilePath
    ) throws(Fault) -> (program: FilePath, arguments: [String]) {
        let guardian: FilePath = "/usr/bin/setpriv"
        let isThere = try FileSystem.followedStatus(guardian) != nil
        guard let account, account.uid != Account.current.uid else {
            guard isThere else { return (program, arguments) }
            return (guardian, ["--pdeathsig", lastSignal, "--", program.string] + arguments)
        }
        guard isThere else {
            throw Fault(
                .commandMissing,
                "unable to run program '\(executable)' as '\(account.name)': setpriv is not installed",
                hints: ["Install it (Debian: apt-get install util-linux)."]
            )
        }
        let change = ["--reuid", "\(account.uid)", "--regid", "\(account.gid)"]
        let groups = ["--groups", "\(account.gid)", "--", guardian.string]
        let death = ["--pdeathsig", lastSignal, "--", program.string]
        return (guardian, change + groups + death + arguments)
    }

    private func located(_ environment: Environment) async throws(Fault) -> FilePath {
        let program: Executable =
            executable.contains("/") ? .path(FilePath(executable)) : .name(executable)
        let path: FilePath
        do throws(SubprocessError) {
            path = try await program.resolveExecutablePath(in: environment)
        } catch {
            throw missing(error)
        }
        guard try FileSystem.followedStatus(path) != nil else { throw missing(nil) }
        return path
    }

    private func missing(_ cause: (any Error)?) -> Fault {
        Fault(
            .commandMissing,
            "unable to run program '\(executable)': it is not installed",
            cause: cause
        )
    }

    func failure(_ error: any Error) -> Fault {
        if let fault = error as? Fault { return fault }
        if error is CancellationError {
            return Fault(.cancelled, "unable to run program '\(executable)': it was cancelled")
        }
        guard let error = error as? SubprocessError else {
            return Fault(
                .commandFailed,
                "unable to run program '\(executable)': \(error)",
                cause: error
            )
        }
        let fact = error.underlyingError?.words ?? error.description
        return Fault(
            .commandFailed,
            "unable to run program '\(executable)': \(fact)",
            cause: error.underlyingError ?? error
        )
    }
}
