public import Model
internal import SystemIO

/// A service that is a unit of systemd, and the sockets, timers and paths that would start it again.
public struct UnitService: ServiceControl {
    private let unit: String
    private let program: String
    private let patience: Duration

    /// How long passes between two looks.
    private static let pace = Duration.milliseconds(200)

    /// Chooses a unit; nothing is asked yet.
    ///
    /// - Parameters:
    ///   - unit: its name, with its suffix.
    ///   - program: what speaks to systemd.
    ///   - patience: how long each unit may take to stop, and all of them to become active.
    public init(_ unit: String, program: String = "systemctl", patience: Duration) {
        self.unit = unit
        self.program = program
        self.patience = patience
    }

    /// The unit.
    public var title: String { "unit \(unit)" }

    /// The unit, and what triggers it; all of them start and stop with it.
    public func parts() async throws(Fault) -> [ServicePart] {
        let state = try await state(of: unit)
        guard state.exists else { return [] }
        var parts: [ServicePart] = []
        // What triggers it comes first: it must not start the unit again while that is stopped.
        for name in state.triggers {
            parts.append(ServicePart(name, isRunning: try await self.state(of: name).isRunning))
        }
        return parts + [ServicePart(unit, isRunning: state.isRunning)]
    }

    /// Stops what triggers the unit, then the unit.
    public func stop() async throws(Fault) {
        for part in try await parts() where part.isRunning {
            try await call("stop", part.name, .serviceStop)
            guard try await !state(of: part.name).isRunning else {
                throw Fault(
                    .serviceStop,
                    "unable to stop unit '\(part.name)': it is active again",
                    hints: [
                        "See what starts it: systemctl list-dependencies --reverse \(part.name)"
                    ]
                )
            }
        }
    }

    /// Starts what triggers the unit, then the unit, and waits until they are active.
    ///
    /// A socket does not start any more when its service runs.
    public func start(_ parts: [String]) async throws(Fault) {
        let timepiece = Timepiece(ContinuousClock())
        for name in parts {
            if try await !state(of: name).isSettled {
                try await call("start", name, .serviceStart)
            }
            while true {
                let state = try await state(of: name)
                if state.isSettled { break }
                guard state.isRunning, timepiece.passed() < patience else {
                    throw Fault(
                        .serviceStart,
                        "unable to start unit '\(name)': it is \(state.active)",
                        hints: ["See why: journalctl -u \(name)"]
                    )
                }
                try await timepiece.wait(Self.pace)
            }
        }
    }

    private func state(of name: String) async throws(Fault) -> UnitState {
        let bytes = try await Command(
            program,
            arguments: ["show", "--property", UnitState.properties, "--", name]
        ).runSuccessfully(outputLimit: 64 << 10)
        guard let state = UnitState(String(decoding: bytes, as: UTF8.self)) else {
            throw Fault(
                .serviceState,
                "unable to examine unit '\(name)': systemctl does not say what state it is in",
                hints: ["See what it says: systemctl show \(name)"]
            )
        }
        return state
    }

    private func call(_ verb: String, _ name: String, _ code: Fault.Code) async throws(Fault) {
        // systemd goes on with it when nobody waits any more.
        guard
            let result = try await Command(program, arguments: [verb, "--", name])
                .run(outputLimit: 64 << 10, within: patience)
        else {
            throw Fault(
                code,
                "unable to \(verb) unit '\(name)': it takes more than \(patience.components.seconds) seconds",
                hints: [
                    "See why: systemctl status \(name)",
                    "Where it may take longer, say so: healthy_within.",
                ]
            )
        }
        guard !result.status.isSuccess else { return }
        let line = result.errorText.split(whereSeparator: \.isNewline).last
        throw Fault(
            code,
            "unable to \(verb) unit '\(name)': \(line.map { String($0) } ?? "\(result.status)")",
            hints: ["See why: systemctl status \(name)"]
        )
    }
}
