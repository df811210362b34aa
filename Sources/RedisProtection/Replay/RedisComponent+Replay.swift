public import Model
internal import RedisWire
public import Vault

extension RedisComponent {
    /// Why no program of this host replays the log on a snapshot, as far as the snapshot's head says; nil when one does.
    ///
    /// - Throws: `E-CANCELLED`.
    public func obstacleToReplay(on snapshot: Snapshot) async throws(Fault) -> Fault? {
        let facts = snapshot.head.facts
        guard let version = facts[RedisFact.rdbVersion].flatMap({ Int($0) }),
            let server = facts[RedisFact.server]
        else { return nil }
        let modules = facts[RedisFact.modules]?.split(separator: ",").map { String($0) } ?? []
        let rdb = RDBFacts(
            version: version,
            writer: facts[RedisFact.redisVersion],
            isOfValkey: server == ServerVersion.Kind.valkey.rawValue,
            modules: Set(modules)
        )
        do throws(Fault) {
            try await requireProgram(for: rdb)
            return nil
        } catch {
            if error.code == .cancelled { throw error }
            return error
        }
    }

    /// Refuses an RDB that no program of this host goes on from.
    ///
    /// - Throws: `E-SERVER-MISSING`, `E-REDIS-REPLAY`.
    func requireProgram(for rdb: RDBFacts) async throws(Fault) {
        let modules = rdb.modules.subtracting(ServerVersion.ownTypes)
        guard modules.isEmpty else {
            throw Fault(
                .redisReplay,
                "unable to replay the log of '\(name)': the data of modules (\(modules.sorted().joined(separator: ", "))) needs them",
                hints: ["A snapshot alone comes back by its name: --at \(name)@NUMBER"]
            )
        }
        _ = try await ReplayProgram.find(replayProgram, for: rdb)
    }
}
