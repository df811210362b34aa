import Model
import ObjectStorage
import Synchronization
import TestKit

/// Watches what is done to a store: no deletion without a tombstone of a day, none of a pack that a snapshot names.
///
/// It also notes which snapshots were stored more than an hour after their writers looked for the packs.
final class DeletionJudge: Sendable {
    struct Findings {
        var packs = 0
        var snapshots = 0
        var stale: Set<String> = []
        var complaints: [String] = []
    }

    private let store: MemoryStore
    private let state = Mutex((findings: Findings(), listed: [Int: Instant]()))

    init(_ store: MemoryStore) { self.store = store }

    /// What was found since the last ``forget()``.
    var findings: Findings { state.withLock { $0.findings } }

    func forget() { state.withLock { $0 = (Findings(), [:]) } }

    /// Hears of a call of a seat before the store does.
    func hear(_ seat: Int, _ kind: StoreOperation.Kind, _ name: String) {
        let now = store.now
        if kind == .list, name == "packs/" {
            state.withLock { $0.listed[seat] = now }
        } else if kind == .put, name.hasPrefix("snapshots/") {
            state.withLock { state in
                let isStale = state.listed[seat].map { now - $0 >= .seconds(3_600) } ?? true
                if isStale { state.findings.stale.insert(name) }
            }
        } else if kind == .remove, let object = ObjectName(name), store.modified(object) != nil {
            if name.hasPrefix("packs/") { judge(object, isPack: true) }
            if name.hasPrefix("snapshots/") { judge(object, isPack: false) }
        }
    }

    private func judge(_ object: ObjectName, isPack: Bool) {
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
