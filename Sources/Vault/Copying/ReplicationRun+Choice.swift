internal import Model
internal import ObjectStorage

extension ReplicationRun {
    /// The snapshots that the target lacks and wants: the newest of every stream first, then the second, and so on.
    func wantedSnapshots() async throws(Fault) -> [SnapshotID] {
        let there = try await source.snapshotNames(of: nil)
        let here = Set(try await target.snapshotNames(of: nil).map(\.id))
        var sizes: [SnapshotID: Int64] = [:]
        var streams: [StreamName: [SnapshotID]] = [:]
        for (id, bytes) in there {
            streams[id.stream, default: []].append(id)
            sizes[id] = bytes
        }
        var ranked: [(rank: Int, id: SnapshotID)] = []
        for (stream, ids) in streams {
            var missing = ids.filter {
                !here.contains($0) && !ledger.forgotten.contains($0.description)
            }
            if !missing.isEmpty, let rule = plan.choice.rule(stream) {
                let kept = try await kept(by: rule, stream: stream, sizes: sizes)
                missing = missing.filter { kept.contains($0) }
            }
            ranked += missing.reversed().enumerated().map { ($0.offset, $0.element) }
        }
        return ranked.sorted { ($0.rank, $0.id) < ($1.rank, $1.id) }.map(\.id)
    }

    /// What a rule keeps of the snapshots of a stream that either side holds.
    private func kept(
        by rule: CopyChoice.Rule,
        stream: StreamName,
        sizes: [SnapshotID: Int64]
    ) async throws(Fault) -> Set<SnapshotID> {
        var moments: [SnapshotMoment] = []
        var seen: Set<SnapshotID> = []
        for vault in [source, target] {
            for (id, bytes) in try await vault.snapshotNames(of: stream)
            where seen.insert(id).inserted && !ledger.forgotten.contains(id.description) {
                try Self.checkCancellation()
                do throws(Fault) {
                    let snapshot = try await vault.snapshot(id, objectBytes: bytes)
                    moments.append(SnapshotMoment(id: id, time: snapshot.head.time))
                } catch
                    where error.code.disposition == .corrupt || error.code == .objectMissing
                { continue }
            }
        }
        let row = NumberRow(moments.map(\.id.seq).sorted())
        return rule(moments.filter { row.contains($0.id.seq) })
    }
}
