public import Model
internal import SystemIO

/// A service that containers provide: those of a service of a compose project, or one by its name.
public struct ContainerService: ServiceControl {
    /// Which containers.
    public enum Choice: Sendable, Hashable {
        /// Those of a service of a compose project.
        case compose(project: String, service: String)
        /// The one of a name.
        case named(String)
    }

    private let engine: ContainerEngine
    private let choice: Choice
    private let patience: Duration

    /// How long passes between two looks at a container that is starting.
    private static let pace = Duration.milliseconds(200)

    /// Chooses containers; nothing is reached yet.
    ///
    /// - Parameters:
    ///   - choice: which ones.
    ///   - engine: who runs them.
    ///   - patience: how long one may take to become healthy.
    public init(_ choice: Choice, of engine: ContainerEngine, patience: Duration) {
        self.choice = choice
        self.engine = engine
        self.patience = patience
    }

    /// The choice in words.
    public var title: String {
        switch choice {
        case .compose(let project, let service): "compose service \(project)/\(service)"
        case .named(let name): "container \(name)"
        }
    }

    /// The containers.
    public func parts() async throws(Fault) -> [ServicePart] {
        var parts: [ServicePart] = []
        for container in try await containers() {
            guard container.state != "paused" else {
                throw Fault(
                    .serviceState,
                    "unable to stop container '\(container.name)': it is paused, and could not be put back like that",
                    hints: ["Let it go on, or stop it: docker unpause \(container.name)"]
                )
            }
            if container.isRunning { try await requireLasting(container.name) }
            parts.append(ServicePart(container.name, isRunning: container.isRunning))
        }
        return parts
    }

    /// Refuses a container that would be gone when it is stopped.
    private func requireLasting(_ name: String) async throws(Fault) {
        guard try await engine.details(of: name)?.isRemovedAtEnd == true else { return }
        throw Fault(
            .serviceState,
            "unable to stop container '\(name)': it is removed when it ends, and could not be started again",
            hints: [
                "Make it without --rm, or name what makes it: a unit (systemd: NAME), or commands (start, stop, status)."
            ]
        )
    }

    /// The names that compose noted at the containers.
    public func dependencies() async throws(Fault) -> [String] {
        var names: [String] = []
        for container in try await containers() {
            names += container.dependencies.filter { !names.contains($0) }
        }
        return names
    }

    /// Stops the containers.
    public func stop() async throws(Fault) {
        for part in try await parts() where part.isRunning { try await engine.stop(part.name) }
    }

    /// Starts containers and waits until they are healthy, or have run for a second where they have no health check.
    public func start(_ parts: [String]) async throws(Fault) {
        let timepiece = Timepiece(ContinuousClock())
        for name in parts {
            try await awaitEnd(of: name, timepiece)
            try await engine.start(name)
        }
        for name in parts { try await awaitHealth(of: name) }
    }

    /// Waits for a container to end that somebody who is gone has told to.
    ///
    /// An engine does not say that it was: until it has ended, it runs like any other. It has as long as it may take to stop.
    private func awaitEnd(of name: String, _ timepiece: Timepiece) async throws(Fault) {
        while let details = try await engine.details(of: name), details.isRunning {
            let limit = min(patience, .seconds((details.stopTimeout ?? 10) + 1))
            guard timepiece.passed() < limit else { return }
            try await timepiece.wait(Self.pace)
        }
    }

    private func containers() async throws(Fault) -> [Container] {
        switch choice {
        case .compose(let project, let service):
            return try await engine.containers(labelled: [
                "com.docker.compose.project": project, "com.docker.compose.service": service,
            ]).filter { !$0.isOneOff }
        case .named(let name):
            return try await engine.containers(labelled: [:]).filter { $0.name == name }
        }
    }

    private func awaitHealth(of name: String) async throws(Fault) {
        let timepiece = Timepiece(ContinuousClock())
        var watch = HealthWatch(patience: patience)
        while true {
            guard let details = try await engine.details(of: name) else {
                throw failure(name, "it is gone")
            }
            switch watch.look(at: details, after: timepiece.passed()) {
            case .works: return
            case .failed(let fact): throw failure(name, fact)
            case .unhealthy(let fact): throw failure(name, fact, .serviceUnhealthy)
            case .wait: try await timepiece.wait(Self.pace)
            }
        }
    }

    private func failure(
        _ name: String,
        _ fact: String,
        _ code: Fault.Code = .serviceStart
    ) -> Fault {
        Fault(
            code,
            "unable to start container '\(name)': \(fact)",
            hints: ["See what it says: docker logs \(name)"]
        )
    }
}
