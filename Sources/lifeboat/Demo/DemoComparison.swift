import Model

/// Compares what came back with what was remembered; each answer is the first difference, or nil.
struct DemoComparison {
    let memory: DemoMemory
    let target: Instant
    let ledger: DemoLedger

    /// The tables, and the written calls against the ledger at the target: no more, no fewer, none changed.
    func database(
        _ tables: [DemoDatabase.TableEvidence],
        _ written: [Int64: String]
    ) -> String? {
        for (now, then) in zip(tables, memory.tables) where now != then {
            return now.rows == then.rows
                ? "a row of table '\(then.table)' is another"
                : "table '\(then.table)' has \(now.rows) rows, and had \(then.rows)"
        }
        guard tables.count == memory.tables.count else { return "tables are missing" }
        var unexplained = written
        for entry in ledger.committed(by: target) {
            guard let digest = unexplained.removeValue(forKey: entry.id) else {
                return "call \(entry.id), committed \(entry.after.rfc3339(digits: 6)), is missing"
            }
            guard digest == entry.digest else { return "call \(entry.id) is not what was written" }
        }
        guard let extra = unexplained.keys.min() else { return nil }
        return "call \(extra) is there, and the ledger has no such call at the target"
    }

    /// The sessions.
    func sessions(_ now: DemoRedis.Evidence) -> String? {
        let then = memory.sessions
        if now.keys != then.keys { return "\(now.keys) keys came back of \(then.keys)" }
        if now.content != then.content { return "a key or value is another" }
        return now.expiries == then.expiries ? nil : "a key ends at another time"
    }

    /// The paths that a condition chooses.
    func files(
        _ now: [String: DemoFiles.Evidence],
        where isMeant: (String) -> Bool
    ) -> String? {
        for path in Set(now.keys).union(memory.files.keys).filter(isMeant).sorted() {
            guard let old = memory.files[path] else { return "'\(path)' is new" }
            guard let new = now[path] else { return "'\(path)' is missing" }
            if new.content != old.content { return "the content of '\(path)' is another" }
            if new.attributes != old.attributes {
                return "'\(path)' is '\(new.attributes)' and was '\(old.attributes)'"
            }
        }
        return nil
    }
}
