public import Model
internal import SystemIO

/// A service that is a unit of systemd, with the sockets, timers and paths that would start it again, and with the units that cannot
/// run without it.
public struct UnitService: ServiceControl {
    private let unit: String
    private let others: Set<String>
    private let program: String
    private let patience: Duration

    /// How long passes between two looks.
    private static let pace = Duration.milliseconds(200)

    /// Chooses a unit; nothing is asked yet.
    ///
    /// - Parameters:
    ///   - unit: its name, with its suffix.
    ///   - others: units that are services of their own.
    ///   - program: what speaks to systemd.
    ///   - patience: how long each unit may take to stop, and all of them to become active.
    public init(
        _ unit: String,
        amid others: Set<String> = [],
        program: String = "systemctl",
        patience: Duration
    ) {
        self.unit = unit
        self.others = others.subtracting([unit])
        self.program = program
        self.patience = patience
    }

    /// The unit.
    public var title: String { "unit \(unit)" }

    /// The unit, what triggers it, and what runs and would be stopped with it; all of them stop and start together.
    public func parts() async throws(Fault) -> [ServicePart] {
        var parts: [ServicePart] = []
        for name in try await family().members.joined() {
            let state = try await state(of: name)
            guard !state.isStopping else {
                throw Fault(
                    .serviceState,
                    "unable to stop unit '\(name)': it has been told to stop and still runs",
                    hints: [
                        "See what holds it up: systemctl status \(name)",
                        "When it has ended, run the same command again.",
                    ]
                )
            }
            parts.append(ServicePart(name, isRunning: state.isRunning))
        }
        return parts
    }

    /// The units of other services that stop when this one is stopped.
    ///
    /// - Throws: `E-SERVICE-STATE`, `E-COMMAND-…`.
    public func followers() async throws(Fault) -> [String] { try await family().others }

    /// Stops what cannot run without the unit, what triggers it, then the unit, and waits for what is stopping already.
    public func stop() async throws(Fault) {
        for name in try await family().members.reversed().joined() {
            let state = try await state(of: name)
            guard state.isRunning || state.isStopping else { continue }
            try await call("stop", name, .serviceStop)
            let after = try await self.state(of: name)
            guard !after.isRunning, !after.isStopping else {
                throw Fault(
                    .serviceStop,
                    "unable to stop unit '\(name)': it is \(after.active) again",
                    hints: ["See what starts it: systemctl list-dependencies --reverse \(name)"]
                )
            }
        }
    }

    /// Starts what triggers the unit, the unit, then what cannot run without it, and waits until they are active; a job has ended then.
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
                if state.isSettled || state.isDone { break }
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

    /// The unit and what cannot run without it, each behind what triggers it, in the order in which they start.
    ///
    /// Nothing when there is no such unit. What stands still is left out, but for the unit and what triggers it.
    ///
    /// systemd stops what requires a unit by itself, and starts nothing of that again. It says that it has stopped a unit when others that
    /// it stops with it may still run.
    private func family() async throws(Fault) -> (members: [[String]], others: [String]) {
        var members: [[String]] = []
        var elsewhere: [String] = []
        var known: Set<String> = []
        var waiting = [unit]
        while !waiting.isEmpty {
            let name = waiting.removeFirst()
            guard known.insert(name).inserted else { continue }
            guard !others.contains(name) else {
                elsewhere.append(name)
                continue
            }
            let state = try await state(of: name)
            guard name == unit ? state.exists : state.isRunning || state.isStopping else {
                continue
            }
            let triggers = state.triggers.filter { known.insert($0).inserted }
            members.append(triggers + [name])
            waiting += state.followers
            for trigger in triggers { waiting += try await self.state(of: trigger).followers }
        }
        return (members, elsewhere)
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
        // Behind the reason systemd names the commands that tell more, as the hint does.
        let line = result.errorText.split(whereSeparator: \.isNewline)
            .last { !$0.hasPrefix("See ") }
        throw Fault(
            code,
            "unable to \(verb) unit '\(name)': \(line.map { String($0) } ?? "\(result.status)")",
            hints: ["See why: systemctl status \(name)"]
        )
    }
}
