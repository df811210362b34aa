import Model
import ObjectStorage
import SystemPackage
import TestKit
import Vault

/// What a simulation begins with: a vault, and writers that are about to run, each with the folder of its host.
struct InterleavingScene: Sendable {
    /// A backup that is about to run.
    struct Writer: Sendable {
        let stream: StreamName
        /// What its host remembers.
        let state: FolderImage
        let files: [String: [UInt8]]
    }

    static let start = Instant(seconds: 1_790_000_000)

    let store = MemoryStore(now: start)
    let clock = SimulatedClock(start)
    let fixture: VaultFixture
    /// Writers of streams of their own come first, those of one stream after them.
    private(set) var writers: [Writer] = []
    /// Another copy of the vault, from which one that is about to run takes what is new.
    private(set) var source: MemoryStore?
    /// The snapshots that are there or in the other copy, and what they must restore to.
    private(set) var models: [SnapshotID: [String: [UInt8]]] = [:]
    /// How many of the writers each have a stream of their own.
    private(set) var strangers = 0
    private var kept: Set<StreamName> = []
    private var random = SeededGenerator(seed: 33)

    init() async throws {
        fixture = try await VaultFixture(in: store, packBytes: 4 << 10)
    }

    /// Every stream, of which the collector keeps the newest snapshot.
    var streams: Set<StreamName> { kept.union(writers.map(\.stream)) }

    /// Lets time go by, for the vault and its hosts.
    func pass(_ time: Duration) {
        store.advance(by: time)
        clock.advance(by: time)
    }

    private static func stream(_ component: String) throws -> StreamName {
        guard let stream = StreamName(host: "alpha", stack: "shop", component: component) else {
            throw Fault(.invalidValue, "unable to name stream '\(component)': it is no label")
        }
        return stream
    }

    /// Adds writers that build on packs which no snapshot names: each follows one of its stream that died.
    mutating func addLeftovers(_ count: Int, age: Duration) async throws {
        for number in 0..<count {
            let stream = try Self.stream("left\(number)")
            let folder = try ScratchFolder(inMemory: true)
            var files = ["base": random.bytes(900)]
            try await backUp(files, stream, fixture.vault, folder)
            files["left"] = random.bytes(6_000)
            let crashing = CrashStore(store, crashingAt: 2, fate: .lost)
            let vault = try await Vault.open(crashing, expecting: fixture.vault.id)
            do { try await backUp(files, stream, vault, folder) } catch {
                guard crashing.hasCrashed else { throw error }
            }
            writers.append(
                Writer(stream: stream, state: try FolderImage(of: folder), files: files)
            )
        }
        strangers += count
        pass(age)
    }

    /// Adds clones of one host: the first stores other content, so that what the others build on is needed by nothing
    /// that retention keeps.
    mutating func addClones(_ count: Int) async throws {
        let stream = try Self.stream("clone")
        let folder = try ScratchFolder(inMemory: true)
        let files = ["same": random.bytes(5_000)]
        try await backUp(files, stream, fixture.vault, folder)
        let state = try FolderImage(of: folder)
        for number in 0..<count {
            let new = ["new": random.bytes(700)]
            let content = number == 0 ? new : new.merging(files) { $1 }
            writers.append(Writer(stream: stream, state: state, files: content))
        }
        pass(.seconds(86_400))
    }

    /// Adds another copy of the vault that holds one snapshot more, which builds on what only a given up one needs.
    mutating func addCopy() async throws {
        let stream = try Self.stream("copied")
        let folders = [try ScratchFolder(inMemory: true), try ScratchFolder(inMemory: true)]
        let files = ["same": random.bytes(5_000)]
        try await backUp(files, stream, fixture.vault, folders[0])
        try FolderImage(of: folders[0]).restore(to: folders[1].path)
        let other = ["other": random.bytes(700)]
        let rival = Self.request(stream, in: folders[1].path, clock: clock, set: "before")
        let late = Self.request(stream, in: folders[0].path, clock: clock, set: "late")
        let present = MemoryStore()
        // The rival begins after the late one and ends before it.
        let snapshot = try await fixture.vault.backUp(late, keys: fixture.keys) {
            [fixture, clock, store] session async throws(Fault) in
            _ = try await fixture.vault.backUp(rival, keys: fixture.keys) {
                session async throws(Fault) in
                try await Self.fill(session, other, clock)
            }
            present.become(store)
            return try await Self.fill(session, files, clock)
        }
        withExtendedLifetime(folders) {}
        models[snapshot.id] = files
        let whole = MemoryStore()
        whole.become(store)
        source = whole
        store.become(present)
        kept.insert(stream)
        pass(.seconds(86_400))
    }

    private mutating func backUp(
        _ files: [String: [UInt8]],
        _ stream: StreamName,
        _ vault: Vault,
        _ folder: ScratchFolder
    ) async throws {
        let request = Self.request(stream, in: folder.path, clock: clock, set: "before")
        let snapshot = try await vault.backUp(request, keys: fixture.keys) {
            [clock] session async throws(Fault) in
            try await Self.fill(session, files, clock)
        }
        models[snapshot.id] = files
    }

    /// What a writer asks for: small packs and one encoder, so that a backup costs little.
    static func request(
        _ stream: StreamName,
        in folder: FilePath,
        clock: any Timekeeper,
        set: String
    ) -> BackupRequest {
        var request = BackupRequest(
            stream: stream,
            kind: .files,
            set: set,
            state: folder,
            clock: clock
        )
        request.options.packBytes = 4 << 10
        request.options.encoders = 1
        return request
    }

    /// Puts files into a session.
    static func fill(
        _ session: BackupSession,
        _ files: [String: [UInt8]],
        _ clock: any Timekeeper
    ) async throws(Fault) -> BackupDraft {
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            let content = try await VaultFixture.store(bytes, .chunks, in: session)
            let entry = ManifestEntry(path: Array(path.utf8), kind: .file, mode: 0o600)
            try session.add(entry, content: content)
        }
        return BackupDraft(time: clock.now())
    }
}
