import Model
import Synchronization
import SystemPackage
import TestKit
import Vault

extension InterleavingWorld {
    /// One backup, begun again when its machine dies.
    func write(_ number: Int, _ trouble: Trouble) async {
        await attempt(number, trouble) { () async throws(Fault) in try await self.backUp(number) }
    }

    /// One replication, begun again when its machine dies.
    func copy(_ trouble: Trouble) async {
        await attempt(copier, trouble) { () async throws(Fault) in
            try await self.replicate()
            return nil
        }
    }

    private func attempt(
        _ seat: Int,
        _ trouble: Trouble,
        _ work: () async throws(Fault) -> SnapshotID?
    ) async {
        if seat < scene.writers.count {
            let place = folder.path.appending("\(seat)")
            do throws(Fault) {
                try scene.writers[seat].state.restore(to: place)
            } catch { return results.withLock { $0.faults.append(error) } }
        }
        for number in 0...trouble.restarts {
            if number > 0 {
                turns.revive(seat)
                await turns.pause(seat, before: "look")
            }
            let result: Result<SnapshotID?, Fault>
            do throws(Fault) {
                result = .success(try await work())
            } catch { result = .failure(error) }
            results.withLock { $0.ends[seat] = result }
            guard case .failure(let fault) = result, fault.code == .crashed else { return }
            results.withLock { _ = $0.crashed.insert(seat) }
        }
    }

    private func backUp(_ number: Int) async throws(Fault) -> SnapshotID {
        let writer = scene.writers[number]
        let request = InterleavingScene.request(
            writer.stream,
            in: folder.path.appending("\(number)"),
            clock: clock,
            set: "\(number)"
        )
        let snapshot = try await vaults[number].backUp(request, keys: scene.fixture.keys) {
            session async throws(Fault) in
            if self.grain == .coarse {
                self.turns.rename(number, to: "read")
            } else {
                await self.turns.pause(number, before: "read")
            }
            return try await InterleavingScene.fill(session, writer.files, self.clock)
        }
        return snapshot.id
    }

    private func replicate() async throws(Fault) {
        guard let source else { return }
        let clock = clock
        let report = await Replication(from: source, to: vaults[copier]) { clock.elapsed() }
            .run { _ in }
        results.withLock { results in
            results.copied += report.snapshots.count
            results.faults += report.damage.map { Fault(.damaged, "\($0.object): \($0.fact)") }
        }
        if let fault = report.fault { throw fault }
    }

    /// A mark, and after each night a sweep; a machine that dies comes back for the next.
    func collect(_ seat: Int, _ runs: Int) async {
        for run in 0..<runs {
            if run > 0 {
                await turns.pause(seat, before: "night")
                pass(.seconds(90_000))
                await turns.pause(seat, before: "sweep")
            }
            await collectOnce(seat)
            turns.revive(seat)
        }
    }

    private func collectOnce(_ seat: Int) async {
        let rule = RetentionRule(keep: KeepPolicy(last: 1))
        let collector = Collector(
            vaults[seat],
            keys: scene.fixture.keys,
            rules: Dictionary(uniqueKeysWithValues: scene.streams.map { ($0, rule) }),
            clock: collectorClock
        )
        do throws(Fault) {
            let report = try await collector.run()
            results.withLock { $0.spared += report.swept.sparedCount }
        } catch {
            results.withLock { $0.faults.append(error) }
        }
    }
}
