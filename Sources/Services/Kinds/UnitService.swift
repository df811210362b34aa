public import Model
internal import SystemIO
public import SystemPackage

/// A service that is a unit of systemd, with the sockets, timers and paths that would start it again, and with the units that cannot
/// run without it.
public struct UnitService: ServiceControl {
    let unit: String
    /// Units that are services of their own.
    let others: Set<String>
    private let program: String
    private let patience: Duration
    private let groups: FilePath

    /// How long passes between two looks.
    private static let pace = Duration.milliseconds(200)

    /// Chooses a unit; nothing is asked yet.
    ///
    /// - Parameters:
    ///   - unit: its name, with its suffix.
    ///   - others: units that are services of their own.
    ///   - program: what speaks to systemd.
    ///   - patience: how long each unit may take to stop, and all of them to become active.
    ///   - groups: a file that says in which control groups this process is, as the kernel tells.
    public init(
        _ unit: String,
        amid others: Set<String> = [],
        program: String = "systemctl",
        patience: Duration,
        groups: FilePath = "/proc/self/cgroup"
    ) {
        self.unit = unit
        self.others = others.subtracting([unit])
        self.program = program
        self.patience = patience
        self.groups = groups
    }

    /// The unit.
    public var title: String { "unit \(unit)" }

    /// The unit, what triggers it, what runs and would be stopped with it, and what would start it; all of them stop and start together.
    public func parts() async throws(Fault) -> [ServicePart] {
        var parts: [ServicePart] = []
        var accepting: Set<String> = []
        for name in try await UnitFamily(of: self).members.joined() {
            let state = try await state(of: name)
            if state.isAccepting { accepting.insert(name) }
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
            if state.isRunning {
                try require(state, name, isConnection: !accepting.isDisjoint(with: state.triggers))
            }
            parts.append(ServicePart(name, isRunning: state.isRunning))
        }
        return parts
    }

    /// Refuses what runs and could not be put back, and what this command would end with.
    private func require(
        _ state: UnitState,
        _ name: String,
        isConnection: Bool
    ) throws(Fault) {
        // Where the kernel does not tell, this process is in no unit.
        let bytes = try? Descriptor.open(groups, .read).readAll(limit: ByteCount(64 << 10))
        let own = UnitState.units(ofGroups: String(decoding: bytes ?? [], as: UTF8.self))
        guard own.isDisjoint(with: state.names + [name]) else {
            throw Fault(
                .serviceState,
                "unable to stop unit '\(name)': this command runs in it and would end with it",
                hints: ["Run the command from a shell, or as a unit that does not need \(unit)."]
            )
        }
        guard state.canReturn, !isConnection else {
            throw Fault(
                .serviceState,
                "unable to stop unit '\(name)': it cannot be stopped and started again by systemctl",
                hints: [
                    "See what it is: systemctl status \(name)",
                    "When it does not run, run the same command again.",
                ]
            )
        }
    }

    /// The units of other services that stop when this one is stopped.
    ///
    /// - Throws: `E-SERVICE-STATE`, `E-COMMAND-…`.
    public func followers() async throws(Fault) -> [String] {
        try await UnitFamily(of: self).ofOthers
    }

    /// Stops what cannot run without the unit, what triggers it, then the unit, and waits for what is stopping already.
    public func stop() async throws(Fault) {
        for name in try await UnitFamily(of: self).members.reversed().joined() {
            let state = try await state(of: name)
            guard state.isRunning || state.isStopping else { continue }
            try await call("stop", [], name, .serviceStop)
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
    /// A socket does not start any more when its service runs. What does not start keeps down only what it triggers; the unit itself
    /// keeps down all that is behind it.
    ///
    /// - Throws: `E-SERVICE-GONE` when nothing else is wrong than that a unit does not exist any more, and as the protocol says.
    public func start(_ parts: [String]) async throws(Fault) {
        let timepiece = Timepiece(ContinuousClock())
        var absent: Set<String> = []
        var failure: Fault?
        for name in parts {
            let state = try await state(of: name)
            if absent.isDisjoint(with: state.triggers) {
                do throws(Fault) {
                    try await begin(name, state, timepiece)
                    continue
                } catch {
                    guard error.code != .cancelled else { throw error }
                    if failure == nil || failure?.code == .serviceGone { failure = error }
                }
            }
            absent.insert(name)
            if name == unit { break }
        }
        if let failure { throw failure }
    }

    private func begin(
        _ name: String,
        _ found: UnitState,
        _ timepiece: Timepiece
    ) async throws(Fault) {
        if !found.isSettled {
            guard found.exists else {
                throw Fault(
                    .serviceGone,
                    "unable to start unit '\(name)': systemd knows no such unit any more",
                    hints: ["What is gone for good is forgotten by: lifeboat services --put-back"]
                )
            }
            // What else such a one wants stood still, or is put back by itself.
            let isGroup = found.isMark || name != unit && name.hasSuffix(".target")
            let mode = isGroup ? ["--job-mode=ignore-requirements"] : []
            try await call("start", mode, name, .serviceStart)
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

    func state(of name: String) async throws(Fault) -> UnitState {
        let bytes = try await Command(
            program,
            arguments: ["show", "--property", UnitState.properties, "--", name]
        ).runSuccessfully(outputLimit: 1 << 20)
        guard let state = UnitState(String(decoding: bytes, as: UTF8.self)) else {
            throw Fault(
                .serviceState,
                "unable to examine unit '\(name)': systemctl does not say what state it is in",
                hints: ["See what it says: systemctl show \(name)"]
            )
        }
        return state
    }

    private func call(
        _ verb: String,
        _ options: [String],
        _ name: String,
        _ code: Fault.Code
    ) async throws(Fault) {
        // systemd goes on with it when nobody waits any more.
        guard
            let result = try await Command(program, arguments: [verb] + options + ["--", name])
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
        // Behind the reason systemd names the commands that tell more, as the hint does, or that try once more.
        let line = result.errorText.split(whereSeparator: \.isNewline)
            .last { line in !["See ", "To force ", "followed by "].contains { line.hasPrefix($0) } }
        throw Fault(
            code,
            "unable to \(verb) unit '\(name)': \(line.map { String($0) } ?? "\(result.status)")",
            hints: ["See why: systemctl status \(name)"]
        )
    }
}
