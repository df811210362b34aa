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

    func settings(_ method: PostgresSettings.Method = .auto) -> PostgresSettings {
        PostgresSettings(
            dsn: nil,
            parameters: server.parameters,
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
                if case .note(let note) = event { self.notes.withLock { $0.append(note) } }
            }
        )
    }

    @discardableResult func backUp(_ method: PostgresSettings.Method = .auto) async throws
        -> Snapshot
    {
        let request = BackupRequest(
            stream: stream,
            kind: .postgresql,
            set: "0000000000000001",
            state: scratch.path.appending("state"),
            clock: SystemClock()
        )
        let component = component(method)
        let context = context
        return try await vault.backUp(request, keys: keys) { session async throws(Fault) in
            try await component.backUp(into: session, context)
        }
    }

    func request(_ target: RecoveryTarget, to destination: FilePath) -> RestoreRequest {
        RestoreRequest(
            vault: vault,
            stream: stream,
            target: target,
            destination: destination,
            identities: [identity],
            state: scratch.path.appending("state"),
            clock: SystemClock()
        )
    }

    /// Restores to a target and starts a server on it.
    func restore(
        _ target: RecoveryTarget,
        recovers: Bool = true
    ) async throws -> (server: PostgresServer, outcome: RestoreOutcome) {
        let restored = try PostgresServer.emptyDirectory(binaries: server.binaries)
        let component = component(recovers: recovers)
        let request = request(target, to: FilePath(restored.data.path))
        let plan = try await component.planRestore(request)
        let outcome = try await component.restore(plan, request, progress: .silent)
        try restored.adoptData(settings: ["archive_mode": "off"])
        try restored.start()
        return (restored, outcome)
    }

    /// Runs work while the log is received and heartbeats are written.
    func receiving<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value)
        async throws -> Value
    {
        let service = LogService(settings: settings(), context: context)
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

    /// A moment by the server's clock.
    func now() throws -> Instant {
        let text = try server.psql(
            "select (extract(epoch from clock_timestamp()) * 1000000)::bigint"
        )
        return Instant(
            nanoseconds: (Int64(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) * 1000
        )
    }

    /// Waits until the vault's log reaches a heartbeat later than a moment.
    func waitForHeartbeat(after moment: Instant) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline {
            let log = try await LogReader(vault, stream: stream)
            if let piece = log.pieces.max(by: { $0.to < $1.to }),
                let beat = try await log.head(of: piece).heartbeat, beat.time > moment
            {
                return
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Fault(.invalidValue, "unable to see a heartbeat in the log within five minutes")
    }
}
