import FileProtection
import FileTrees
import Model
import Protection
import Sealing
import Synchronization
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// A clock some time ahead of the system's.
struct AheadClock: Timekeeper {
    let ahead: Duration

    func now() -> Instant { SystemClock().now() + ahead }
}

/// Everything that a component reported.
final class Reports: Sendable {
    private let events = Mutex<[ProgressEvent]>([])
    private let hook: @Sendable (ProgressEvent) -> Void

    init(_ hook: @escaping @Sendable (ProgressEvent) -> Void = { _ in }) { self.hook = hook }

    var reporter: ProgressReporter {
        ProgressReporter { event in
            self.events.withLock { $0.append(event) }
            self.hook(event)
        }
    }

    var notes: [String] {
        events.withLock { events in
            events.compactMap { if case .note(let text) = $0 { text } else { nil } }
        }
    }
}

/// A vault in memory with one host, and folders for a source and for what comes back.
final class VaultForTests {
    let scratch: ScratchFolder
    let store = MemoryStore()
    let keys = HostKeys(newFor: "h")
    let identity = AgeIdentity()
    let vault: Vault
    let stream: StreamName
    let source: FilePath
    let state: FilePath
    /// Ten seconds ahead, so that no file is too young to be trusted.
    var clock: any Timekeeper = AheadClock(ahead: .seconds(10))

    init() async throws {
        scratch = try ScratchFolder()
        source = scratch.path.appending("source")
        state = scratch.path.appending("state")
        try FileSystem.makeDirectories(source, mode: 0o755)
        try FileSystem.makeDirectories(state, mode: 0o700)
        stream = try #require(StreamName("h.s.c"))
        let signing = SigningKey()
        let made = try await Vault.create(in: store, environment: "test", operator: signing)
        vault = try await made.enrol(
            keys,
            recipients: [identity.recipient],
            operator: signing,
            at: Instant(seconds: 1)
        )
    }

    func backUp(_ component: some Component, _ reports: Reports = Reports()) async throws
        -> Snapshot
    {
        try await backUp(kind: component.kind) { [self] (session) throws(Fault) in
            let context = BackupContext(
                vault: vault,
                keys: keys,
                stream: stream,
                state: state,
                clock: clock,
                progress: reports.reporter
            )
            return try await component.backUp(into: session, context)
        }
    }

    func backUp(
        kind: ComponentKind = .files,
        _ body: (BackupSession) async throws(Fault) -> BackupDraft
    ) async throws -> Snapshot {
        let request = BackupRequest(
            stream: stream,
            kind: kind,
            set: "1",
            state: state,
            clock: clock
        )
        return try await vault.backUp(request, keys: keys, body)
    }

    func request(
        to destination: FilePath?,
        at target: RecoveryTarget = .latest,
        identities: [AgeIdentity]? = nil
    ) -> RestoreRequest {
        RestoreRequest(
            vault: vault,
            stream: stream,
            target: target,
            destination: destination,
            identities: identities ?? [identity],
            state: state,
            clock: clock
        )
    }

    @discardableResult
    func restore(
        _ component: some Component,
        to destination: FilePath?,
        at target: RecoveryTarget = .latest,
        identities: [AgeIdentity]? = nil
    ) async throws -> RestoreOutcome {
        let request = request(to: destination, at: target, identities: identities)
        let plan = try await component.planRestore(request)
        return try await component.restore(plan, request, progress: .silent)
    }

    func restorer(_ snapshot: Snapshot, to destination: FilePath) -> TreeRestorer {
        TreeRestorer(
            vault,
            snapshot: snapshot,
            identities: [identity],
            destination: destination,
            temporary: state
        )
    }

    func entries(_ snapshot: Snapshot) async throws -> [ManifestEntry] {
        let reader = try await vault.manifest(of: snapshot, identities: [keys.identity])
        var entries: [ManifestEntry] = []
        while let entry = try await reader.next() { entries.append(entry) }
        return entries
    }

    func write(_ name: String, _ bytes: [UInt8], mode: UInt16 = 0o644) throws {
        let path = source.appending(name)
        try FileSystem.makeDirectories(path.parent, mode: 0o755)
        try DurableFile.replace(path, with: bytes, mode: mode)
    }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    /// Where something of the source is below a destination.
    func restored(_ name: String, below destination: FilePath) -> FilePath {
        destination.appending(String(source.appending(name).string.dropFirst()))
    }
}

func read(_ path: FilePath) throws -> [UInt8] {
    try DurableFile.read(path, limit: ByteCount(64 << 20))
}

func text(_ path: FilePath) throws -> String { String(decoding: try read(path), as: UTF8.self) }

/// Everything a scan comes across.
struct Harvest {
    var entries: [TreeEntry] = []
    var contents: [TreePath: [UInt8]] = [:]
    var problems: [TreeProblem] = []

    init(_ path: FilePath) async throws {
        var (entries, contents, problems) = (entries, contents, problems)
        try await TreeScanner(roots: [TreeRoot(path)], crossesMounts: true).scan {
            (visit) throws(Fault) in
            switch visit {
            case .problem(let problem): problems.append(problem)
            case .omitted: break
            case .entry(let seen):
                var entry = seen.entry
                (entry.device, entry.inode, entry.changed) = (0, 0, Instant(seconds: 0))
                if case .hardLink = entry.kind { (entry.size, entry.isSparse) = (0, false) }
                entries.append(entry)
                guard seen.entry.kind == .file else { return }
                let file = try seen.open()
                contents[seen.entry.path] = try file.file.readAll(limit: ByteCount(64 << 20))
            }
        }
        (self.entries, self.contents, self.problems) = (entries, contents, problems)
    }
}
