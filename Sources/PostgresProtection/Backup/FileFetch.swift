internal import Model
internal import PostgresWire

/// Reads batches over several lanes at once and gives their pieces back in order.
final class FileFetch {
    private let lanes: [FetchLane]
    private var onTheWay: ArraySlice<(batch: FetchBatch, lane: Int?)> = []
    private var nextLane = 0

    init(settings: PostgresSettings) {
        lanes = (0..<max(1, settings.connections)).map { _ in FetchLane(settings: settings) }
    }

    /// Runs `body` with the lanes beside it; the first fault of either ends both.
    func running(_ body: () async throws(Fault) -> Void) async throws(Fault) {
        let lanes = lanes
        let result: Result<Void, Fault> = await withTaskGroup(of: Void.self) { group in
            for lane in lanes { group.addTask { await lane.run() } }
            do throws(Fault) {
                try await body()
                for lane in lanes { lane.close() }
                return .success(())
            } catch {
                for lane in lanes { lane.close(error) }
                group.cancelAll()
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Asks for a batch; when enough is on its way already, hands the oldest one over first.
    func submit(_ batch: FetchBatch, into assembly: FileAssembly) async throws(Fault) {
        while onTheWay.count >= lanes.count * FetchLane.depth {
            try await handOver(into: assembly)
        }
        guard !batch.ranges.isEmpty else { return onTheWay.append((batch, nil)) }
        try await lanes[nextLane].ask(batch.ranges)
        onTheWay.append((batch, nextLane))
        nextLane = (nextLane + 1) % lanes.count
    }

    /// Hands over what is still on its way.
    func finish(into assembly: FileAssembly) async throws(Fault) {
        while !onTheWay.isEmpty { try await handOver(into: assembly) }
    }

    private func handOver(into assembly: FileAssembly) async throws(Fault) {
        guard let (batch, lane) = onTheWay.popFirst() else { return }
        let fetched = if let lane { try await lanes[lane].take() } else { FetchedPieces.none }
        try await assembly.take(batch, fetched)
    }
}
