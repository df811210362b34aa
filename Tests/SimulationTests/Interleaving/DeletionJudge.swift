import Model
import ObjectStorage
import Synchronization
import TestKit

/// Watches what is done to a store: no deletion without a tombstone of a day, none of a pack that a snapshot names.
///
/// It also notes which snapshots were stored more than an hour after their writers looked for the packs. Where collectors run
/// side by side it forgives a deletion that the store heard ten hours after its collector looked: a tombstone that another
/// one carried out stays for twelve, and no program can exclude that a host sleeps within a deletion.
final class DeletionJudge: Sendable {
    struct Findings {
        var packs = 0
        var snapshots = 0
        var stale: Set<String> = []
        /// Packs that a collector deleted which slept within the deletion.
        var overslept: Set<String> = []
        var complaints: [String] = []
    }

    private let store: MemoryStore
    private let state = Mutex(State())

    private struct State {
        var findings = Findings()
        /// When each seat listed the packs last.
        var listed: [Int: Instant] = [:]
        /// When each seat listed the snapshots last.
        var looked: [Int: Instant] = [:]
        var isForgiving = false
    }

    init(_ store: MemoryStore) { self.store = store }

    /// What was found since the last ``forget(forgiving:)``.
    var findings: Findings { state.withLock { $0.findings } }

    func forget(forgiving: Bool) { state.withLock { $0 = State(isForgiving: forgiving) } }

    /// Hears of a call of a seat before the store does.
    func hear(_ seat: Int, _ kind: StoreOperation.Kind, _ name: String) {
        let now = store.now
        if kind == .list, name == "packs/" {
            state.withLock { $0.listed[seat] = now }
        } else if kind == .list, name == "snapshots/" {
            state.withLock { $0.looked[seat] = now }
        } else if kind == .put, name.hasPrefix("snapshots/") {
            state.withLock { state in
                let isStale = state.listed[seat].map { now - $0 >= .seconds(3_600) } ?? true
                if isStale { state.findings.stale.insert(name) }
            }
        } else if kind == .remove, let object = ObjectName(name), store.modified(object) != nil {
            let isOverslept = state.withLock { state in
                let slept = now - (state.looked[seat] ?? now)
                guard state.isForgiving, slept >= .seconds(36_000) else { return false }
                state.findings.overslept.insert(name)
                return true
            }
            if name.hasPrefix("packs/") { judge(object, isPack: true, isOverslept) }
            if name.hasPrefix("snapshots/") { judge(object, isPack: false, isOverslept) }
        }
    }

    private func judge(_ object: ObjectName, isPack: Bool, _ isOverslept: Bool) {
        let key = Array((isPack ? String(object.text.suffix(64)) : object.text).utf8)
        let now = store.now
        let stale = findings.stale
        var isMarked = false
        var isNeeded = false
        for (other, bytes) in store.contents {
            if other.text.hasPrefix("gc/"), let stored = store.modified(other),
                now - stored >= .seconds(86_400), Self.contains(bytes, key)
            {
                isMarked = true
            }
            if isPack, other.text.hasPrefix("snapshots/"), !stale.contains(other.text),
                Self.contains(bytes, key)
            {
                isNeeded = true
            }
        }
        state.withLock { state in
            if isPack { state.findings.packs += 1 } else { state.findings.snapshots += 1 }
            guard !isOverslept else { return }
            if !isMarked {
                state.findings.complaints.append("'\(object)' went without a day's notice")
            }
            if isNeeded {
                state.findings.complaints.append("'\(object)' went while a snapshot named it")
            }
        }
    }

    private static func contains(_ bytes: [UInt8], _ key: [UInt8]) -> Bool {
        bytes.indices.dropLast(key.count - 1).contains { start in
            bytes[start] == key[0] && bytes[start..<start + key.count].elementsEqual(key)
        }
    }
}
