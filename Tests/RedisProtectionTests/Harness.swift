import Model
import Protection
import RedisProtection
import RedisWire
import Sealing
import Synchronization
import SystemIO
import SystemPackage
import TestKit
import Vault

/// A vault in memory with one enrolled host, and what it takes to use it.
struct Harness {
    /// A clock that stands still.
    struct Standing: Timekeeper {
        let moment: Instant
        func now() -> Instant { moment }
    }

    let store = MemoryStore()
    let scratch: ScratchFolder
    let keys = HostKeys(newFor: "host1")
    let recovery = AgeIdentity()
    let vault: Vault
    let stream: StreamName
    private let notes = Notes()

    final class Notes: Sendable {
        let lines = Mutex<[String]>([])
    }

    init() async throws {
        scratch = try ScratchFolder()
        guard let stream = StreamName("host1.shop.cache") else {
            throw Fault(.invalidValue, "no name")
        }
        self.stream = stream
        let key = SigningKey()
        vault = try await Vault.create(in: store, environment: "test", operator: key).enrol(
            keys,
            recipients: [recovery.recipient],
            operator: key,
            at: SystemClock().now()
        )
    }

    /// What components have told so far.
    var told: [String] { notes.lines.withLock { $0 } }

    /// The folder that a restore makes.
    var folder: FilePath { scratch.path.appending("restored") }

    /// Backs a component up; `hear` is called with each event.
    func backUp(
        _ component: RedisComponent,
        hear: @escaping @Sendable (ProgressEvent) -> Void = { _ in }
    ) async throws(Fault) -> Snapshot {
        let context = context(SystemClock(), hear)
        return try await backUp { session async throws(Fault) in
            try await component.backUp(into: session, context)
        }
    }

    /// What a component may use.
    func context(
        _ clock: any Timekeeper = SystemClock(),
        _ hear: @escaping @Sendable (ProgressEvent) -> Void = { _ in }
    ) -> BackupContext {
        let notes = notes
        return BackupContext(
            vault: vault,
            keys: keys,
            stream: stream,
            state: scratch.path,
            clock: clock,
            progress: ProgressReporter { event in
                if case .note(let text) = event { notes.lines.withLock { $0.append(text) } }
                hear(event)
            }
        )
    }

    /// Puts anything into the stream.
    func backUp(
        _ body: (BackupSession) async throws(Fault) -> BackupDraft
    ) async throws(Fault) -> Snapshot {
        let request = BackupRequest(
            stream: stream,
            kind: .redis,
            set: "set1",
            state: scratch.path,
            clock: SystemClock()
        )
        return try await vault.backUp(request, keys: keys, body)
    }

    func request(
        to destination: FilePath?,
        at target: RecoveryTarget = .latest,
        now: Instant? = nil
    ) -> RestoreRequest {
        RestoreRequest(
            vault: vault,
            stream: stream,
            target: target,
            destination: destination,
            identities: [recovery],
            state: scratch.path,
            clock: Standing(moment: now ?? SystemClock().now())
        )
    }

    /// How many snapshots the stream has.
    func snapshots() async throws -> Int { try await vault.snapshots(of: stream).snapshots.count }
}
