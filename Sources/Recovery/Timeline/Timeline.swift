public import Model
internal import StackConfiguration
public import Vault

/// The points to which a stack, or some of its components, can be taken back.
public struct Timeline: Sendable {
    /// Snapshots that were taken together.
    public struct SnapshotSet: Sendable {
        /// The id that ties them together.
        public let id: String
        /// The snapshots, by component.
        public let snapshots: [Snapshot]
        /// The newest moment that one of them stands for.
        public var time: Instant { snapshots.map(\.head.time).max() ?? Instant(seconds: 0) }
    }

    /// The vault that was read.
    public let vault: Vault
    /// The snapshots, oldest set first.
    public let sets: [SnapshotSet]
    /// How far the logs reach, by component.
    public let logs: [String: [LogReach]]
    /// Objects that are damaged or forged, one fault each.
    public let refused: [Fault]

    /// Reads what the vault holds of some components, or of all when none is named; needs no key.
    ///
    /// - Throws: `E-COMPONENT-UNKNOWN`, and what opening the vault and reading it throw.
    public static func read(
        _ stack: Stack,
        _ names: [String] = []
    ) async throws(Fault) -> Timeline {
        let selection = try stack.selection(names)
        let vault = try await stack.openVault()
        var sets: [String: [Snapshot]] = [:]
        var refused = vault.refusedHosts
        var logs: [String: [LogReach]] = [:]
        for component in selection {
            let stream = stack.stream(of: component.name)
            let list = try await vault.snapshots(of: stream)
            refused += list.refused
            for snapshot in list.snapshots { sets[snapshot.head.set, default: []].append(snapshot) }
            guard component.kind == .postgresql else { continue }
            logs[component.name] = try await LogReach.read(vault, stream: stream)
        }
        return Timeline(
            vault: vault,
            sets: sets.map { SnapshotSet(id: $0, snapshots: $1.sorted { $0.id < $1.id }) }
                .sorted { ($0.time, $0.id) < ($1.time, $1.id) },
            logs: logs,
            refused: refused
        )
    }
}

extension LogReach {
    /// How far the log of a stream reaches, by the server's timeline.
    static func read(_ vault: Vault, stream: StreamName) async throws(Fault) -> [LogReach] {
        let reader = try await LogReader(vault, stream: stream)
        var reaches: [LogReach] = []
        for epoch in Set(reader.pieces.map(\.epoch)).sorted() {
            let last = reader.pieces.filter { $0.epoch == epoch }.max { $0.to < $1.to }
            var until: Instant?
            if let last {
                do throws(Fault) {
                    until = try await reader.head(of: last).heartbeat?.time
                } catch  where error.code.disposition == .corrupt {
                    // `check` is what reports damage; here the piece only says nothing about time.
                    until = nil
                }
            }
            reaches.append(
                LogReach(epoch: epoch, ranges: reader.coverage(epoch: epoch).ranges, until: until)
            )
        }
        return reaches
    }
}
