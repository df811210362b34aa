import Model
import ObjectStorage
import Sealing
import SystemPackage
import TestKit
import Testing
import Vault

/// A vault whose time goes by as a test says, and whose snapshots come with what they must restore to.
struct CollectionScene {
    let store: MemoryStore
    let clock: SimulatedClock
    let term: LockTerm?
    var fixture: VaultFixture
    private(set) var models: [SnapshotID: [String: [UInt8]]] = [:]
    private var random: SeededGenerator

    static let day = Duration.seconds(86_400)
    static let start = Instant(seconds: 1_790_000_000)

    /// `term`: what the store's locks promise; nil for a store without locks.
    init(seed: UInt64 = 1, term: LockTerm? = nil) async throws {
        store = MemoryStore(now: Self.start, lock: term?.whole)
        self.term = term
        clock = SimulatedClock(Self.start)
        fixture = try await VaultFixture(in: store, packBytes: 8 << 10)
        fixture.clock = clock
        random = SeededGenerator(seed: seed)
    }

    /// Lets days go by, for everybody.
    func pass(days: Double) {
        store.advance(by: .seconds(Int64(days * 86_400)))
        clock.advance(by: .seconds(Int64(days * 86_400)))
    }

    /// Backs up files of which a part is new each time.
    @discardableResult mutating func backUp() async throws -> Snapshot {
        let files = [
            "same": [UInt8](repeating: 7, count: 5_000), "new": random.bytes(20_000),
            "pages/a": random.bytes(9_000),
        ]
        let snapshot = try await fixture.backUp(files)
        models[snapshot.id] = files
        return snapshot
    }

    /// A snapshot a day.
    mutating func backUp(days: Int) async throws {
        for _ in 0..<days {
            try await backUp()
            pass(days: 1)
        }
    }

    func collector(
        _ keep: KeepPolicy,
        log: Duration? = nil,
        keys: HostKeys? = nil,
        store other: (any ObjectStore)? = nil,
        acceptsLosses: Bool = false
    ) async throws -> Collector {
        let vault = try await Vault.open(other ?? store, expecting: fixture.vault.id)
        return Collector(
            vault,
            keys: keys ?? fixture.keys,
            rules: [fixture.stream: RetentionRule(keep: keep, log: log)],
            clock: clock,
            acceptsLosses: acceptsLosses,
            locks: locks(vault)
        )
    }

    /// What prolongs the store's locks; nil when it has none.
    func locks(_ vault: Vault) -> LockKeeper? {
        term.map {
            LockKeeper(vault, term: $0, memory: fixture.state.path.appending("locks"))
        }
    }

    /// Enrols another host.
    func enrol(_ host: String) async throws -> HostKeys {
        let keys = HostKeys(newFor: host)
        _ = try await fixture.vault.enrol(
            keys,
            recipients: [fixture.identity.recipient],
            operator: fixture.operatorKey,
            at: clock.now()
        )
        return keys
    }

    func names(_ prefix: String) -> Set<String> {
        Set(store.contents.keys.map(\.text).filter { $0.hasPrefix(prefix) })
    }

    /// The numbers of the snapshots that are there.
    var numbers: [UInt64] {
        names("snapshots/").compactMap { SnapshotID($0)?.seq }.sorted()
    }

    /// Every snapshot that is there restores to what was stored, and the vault is whole.
    func checkAll(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let opened = try await fixture.opened(in: store)
        let list = try await opened.vault.snapshots()
        #expect(list.refused.isEmpty, sourceLocation: sourceLocation)
        for snapshot in list.snapshots {
            #expect(
                try await opened.restore(snapshot) == models[snapshot.id],
                sourceLocation: sourceLocation
            )
        }
        let damage = try await VaultCheck(opened.vault).run { _ in }.damage
        #expect(damage == [], sourceLocation: sourceLocation)
    }
}
