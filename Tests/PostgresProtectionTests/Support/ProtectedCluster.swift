import Foundation
import Model
import ObjectStorage
import PostgresProtection
import Protection
import Sealing
import Synchronization
import SystemIO
import SystemPackage
import TestKit
import Vault

/// A real PostgreSQL with a vault beside it.
final class ProtectedCluster: Sendable {
    let server: PostgresServer
    let vault: Vault
    let keys: HostKeys
    let identity: AgeIdentity
    let scratch: ScratchFolder
    let notes = Mutex<[String]>([])
    /// How often receiving the log asked for a base backup, which it does not get here: tests take theirs themselves.
    let wantedBases = Mutex(0)
    /// What holds a backup, if a test says so.
    let gate = ReadingGate()
    let stream: StreamName
    /// What waits for servers must not hold up the pool that all tests share.
    private let threads = BlockingThreads(name: "cluster-test", threads: 8)

    init(server: PostgresServer) async throws {
        self.server = server
        scratch = try ScratchFolder()
        let root = scratch.path.appending("vault")
        try FileSystem.makeDirectories(root, mode: 0o700)
        try FileSystem.makeDirectories(scratch.path.appending("state"), mode: 0o700)
        let key = SigningKey()
        identity = AgeIdentity()
        keys = HostKeys(newFor: "db1")
        vault = try await Vault.create(
            in: DirectoryStore(root: root),
            environment: "test",
            operator: key
        ).enrol(keys, recipients: [identity.recipient], operator: key, at: SystemClock().now())
        guard let stream = StreamName(host: "db1", stack: "shop", component: "postgres") else {
            throw Fault(.invalidValue, "unable to name the stream")
        }
        self.stream = stream
    }

    /// Settings for the cluster's server, or for one that took its place; as the superuser unless a role is given;
    /// `parameters` win over the server's own.
    func settings(
        _ method: PostgresSettings.Method = .auto,
        server other: PostgresServer? = nil,
        role: String = "postgres",
        parameters: [String: String] = [:]
    ) -> PostgresSettings {
        PostgresSettings(
            dsn: nil,
            parameters: (other ?? server).parameters.merging(["user": role]) { $1 }
                .merging(parameters) { $1 },
            binaries: FilePath(server.binaries.path),
            method: method,
            slot: "lifeboat_shop",
            heartbeat: .milliseconds(500)
        )
    }

    func component(
        _ method: PostgresSettings.Method = .auto,
        recovers: Bool = true
    ) -> PostgresComponent {
        PostgresComponent(name: "postgres", settings: settings(method), recovers: recovers)
    }

    var context: BackupContext {
        BackupContext(
            vault: vault,
            keys: keys,
            stream: stream,
            state: scratch.path.appending("state"),
            clock: SystemClock(),
            progress: ProgressReporter { event in
                switch event {
                case .note(let note): self.notes.withLock { $0.append(note) }
                case .advanced: self.gate.pass()
                case .phase, .total: break
                }
            }
        )
    }

    @discardableResult func backUp(
        _ method: PostgresSettings.Method = .auto,
        server: PostgresServer? = nil,
        parameters: [String: String] = [:]
    ) async throws -> Snapshot {
        try await backUp(settings(method, server: server, parameters: parameters))
    }

    @discardableResult func backUp(_ settings: PostgresSettings) async throws -> Snapshot {
        let component = PostgresComponent(name: "postgres", settings: settings)
        let context = context
        return try await withTaskExecutorPreference(threads) {
            try await store { session async throws(Fault) in
                try await component.backUp(into: session, context)
            }
        }
    }

    /// Commits a snapshot of what `body` puts into a session.
    func store(
        _ body: (BackupSession) async throws(Fault) -> BackupDraft
    ) async throws -> Snapshot {
        let request = BackupRequest(
            stream: stream,
            kind: .postgresql,
            set: "0000000000000001",
            state: scratch.path.appending("state"),
            clock: SystemClock()
        )
        return try await vault.backUp(request, keys: keys, body)
    }

    /// The entries of a snapshot, by path.
    func entries(of snapshot: Snapshot) async throws -> [String: ManifestEntry] {
        let manifest = try await vault.manifest(of: snapshot, identities: [identity])
        var entries: [String: ManifestEntry] = [:]
        while let entry = try await manifest.next() {
            entries[String(decoding: entry.path, as: UTF8.self)] = entry
        }
        return entries
    }

    /// How a backup ends.
    func ending(_ settings: PostgresSettings) async -> Result<Snapshot, any Error> {
        do {
            return .success(try await backUp(settings))
        } catch {
            return .failure(error)
        }
    }

    func request(
        _ target: RecoveryTarget,
        to destination: FilePath,
        timeline: UInt32? = nil
    ) -> RestoreRequest {
        var request = RestoreRequest(
            vault: vault,
            stream: stream,
            target: target,
            destination: destination,
            identities: [identity],
            state: scratch.path.appending("state"),
            clock: SystemClock()
        )
        request.timeline = timeline
        return request
    }

    /// A restored cluster on which no server runs yet.
    struct Restored {
        let server: PostgresServer
        let plan: RestorePlan
        let outcome: RestoreOutcome
    }

    /// Restores to a target; starts nothing.
    func layOut(
        _ target: RecoveryTarget,
        recovers: Bool = true,
        timeline: UInt32? = nil,
        isExclusive: Bool = false,
        tablespaces: [String: FilePath] = [:],
        binaries: FilePath? = nil
    ) async throws -> Restored {
        let restored = try PostgresServer.emptyDirectory(binaries: server.binaries)
        var settings = settings()
        settings.binaries = binaries ?? settings.binaries
        let component = PostgresComponent(
            name: "postgres",
            settings: settings,
            recovers: recovers
        )
        var request = request(target, to: FilePath(restored.data.path), timeline: timeline)
        request.isExclusive = isExclusive
        request.tablespaces = tablespaces
        let plan = try await component.planRestore(request)
        let outcome = try await component.restore(plan, request, progress: .silent)
        return Restored(server: restored, plan: plan, outcome: outcome)
    }

    /// Restores to a target and starts a server on it.
    func restore(
        _ target: RecoveryTarget,
        recovers: Bool = true,
        timeline: UInt32? = nil
    ) async throws -> (server: PostgresServer, outcome: RestoreOutcome) {
        let restored = try await layOut(target, recovers: recovers, timeline: timeline)
        try restored.server.adoptData(settings: ["archive_mode": "off"])
        try restored.server.start()
        if !recovers { try restored.server.waitForWrites() }
        return (restored.server, restored.outcome)
    }

    /// Runs work while the log is received and heartbeats are written; `parameters` win over the server's own.
    func receiving<Value: Sendable>(
        from other: PostgresServer? = nil,
        parameters: [String: String] = [:],
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let service = LogService(
            settings: settings(server: other, parameters: parameters),
            context: context,
            takeBase: { () async throws(Fault) in self.wantedBases.withLock { $0 += 1 } }
        )
        return try await withTaskExecutorPreference(threads) {
            try await withThrowingTaskGroup(of: Value?.self) { group in
                group.addTask {
                    do throws(Fault) {
                        try await service.run()
                    } catch  where error.code == .cancelled {}
                    return nil
                }
                group.addTask { try await body() }
                defer { group.cancelAll() }
                while let value = try await group.next() {
                    if let value { return value }
                }
                throw Fault(.invalidValue, "unable to finish: the work ended early")
            }
        }
    }

    /// A moment by the clock of the server, or of one that took its place.
    func now(_ other: PostgresServer? = nil) throws -> Instant {
        let text = try (other ?? server).psql(
            "select (extract(epoch from clock_timestamp()) * 1000000)::bigint"
        )
        return Instant(
            nanoseconds: (Int64(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) * 1000
        )
    }

    /// Waits until the vault's log reaches a position.
    func waitForLog(_ position: LSN) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline {
            let log = try await LogReader(vault, stream: stream)
            if log.pieces.contains(where: { $0.to >= position.value }) { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Fault(.invalidValue, "unable to see \(position) in the log within five minutes")
    }

    /// Waits until the vault's log reaches a heartbeat later than a moment.
    func waitForHeartbeat(after moment: Instant) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline {
            let log = try await LogReader(vault, stream: stream)
            if let piece = log.pieces.max(by: { ($0.epoch, $0.to) < ($1.epoch, $1.to) }),
                let beat = try await log.head(of: piece).heartbeat, beat.time > moment
            {
                return
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Fault(.invalidValue, "unable to see a heartbeat in the log within five minutes")
    }

    /// Waits until receiving the log has asked for so many base backups.
    func waitForWantedBases(_ count: Int) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while wantedBases.withLock({ $0 }) < count {
            guard ContinuousClock.now < deadline else {
                throw Fault(.invalidValue, "no base backup was asked for within five minutes")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
