public import Model
internal import SystemIO

/// A service that commands stop, start and examine; no shell is involved.
public struct CommandService: ServiceControl {
    private let startCommand: [String]
    private let stopCommand: [String]
    private let statusCommand: [String]
    private let patience: Duration

    /// How long passes between two looks.
    private static let pace = Duration.milliseconds(200)

    /// Takes the commands as argument vectors, each with at least a program.
    ///
    /// - Parameters:
    ///   - start: starts it, and ends.
    ///   - stop: stops it, and ends.
    ///   - status: ends with 0 when it runs, with another number up to 125 when it does not.
    ///   - patience: how long each may take, and then again until `status` agrees.
    public init(start: [String], stop: [String], status: [String], patience: Duration) {
        precondition(!start.isEmpty && !stop.isEmpty && !status.isEmpty, "a command is a program")
        startCommand = start
        stopCommand = stop
        statusCommand = status
        self.patience = patience
    }

    /// The program that starts it; what stands behind that may be a secret.
    public var title: String { "command \(startCommand[0])" }

    /// The whole service, which always is there.
    public func parts() async throws(Fault) -> [ServicePart] {
        [ServicePart("all", isRunning: try await isRunning())]
    }

    /// Runs the command that stops it, and waits until it has stopped.
    public func stop() async throws(Fault) {
        guard try await isRunning() else { return }
        guard let fact = try await trouble(of: stopCommand, until: false) else { return }
        throw Fault(
            .serviceStop,
            "unable to stop service with '\(stopCommand[0])': \(fact)",
            hints: [Self.byHand(stopCommand)]
        )
    }

    /// Runs the command that starts it, and waits until it runs.
    public func start(_ parts: [String]) async throws(Fault) {
        guard !parts.isEmpty, try await !isRunning() else { return }
        guard let fact = try await trouble(of: startCommand, until: true) else { return }
        throw Fault(
            .serviceStart,
            "unable to start service with '\(startCommand[0])': \(fact)",
            hints: [Self.byHand(startCommand)]
        )
    }

    /// Runs a command and waits for what it shall bring about; what is wrong when that does not come.
    private func trouble(of command: [String], until state: Bool) async throws(Fault) -> String? {
        guard let status = try await QuietCommand(command, within: patience).run() else {
            return "it did not end within \(patience.components.seconds) seconds"
        }
        guard status.isSuccess else { return "\(status)" }
        let timepiece = Timepiece(ContinuousClock())
        while try await isRunning() != state {
            guard timepiece.passed() < patience else {
                return state ? "the service does not run" : "the service still runs"
            }
            try await timepiece.wait(Self.pace)
        }
        return nil
    }

    private static func byHand(_ command: [String]) -> String {
        "See what it says: \(command.joined(separator: " "))"
    }

    private func isRunning() async throws(Fault) -> Bool {
        let status = try await QuietCommand(statusCommand, within: patience).run()
        guard case .exited(let code) = status, (0...125).contains(code) else {
            let fact = status.map { "\($0)" } ?? "it did not end in time"
            throw Fault(
                .serviceState,
                "unable to examine service with '\(statusCommand[0])': \(fact)",
                hints: [Self.byHand(statusCommand)]
            )
        }
        return code == 0
    }
}
