public import Model
internal import StackConfiguration
public import Vault

/// The points to which a stack, or some of its components, can be taken back.
public struct Timeline: Sendable {
    /// Snapshots that were taken together.
    public struct SnapshotSet: Sendable {
        /// The id that ties them together.
        public let id: String
        /// The heads of the snapshots, by component.
        public let snapshots: [HeadSummary]
        /// The newest moment that one of them stands for.
        public let time: Instant

        init(_ id: String, _ snapshots: [HeadSummary]) {
            self.id = id
            self.snapshots = snapshots.sorted { $0.id < $1.id }
            time = snapshots.map(\.time).max() ?? Instant(seconds: 0)
        }
    }

    /// The copies that were read.
    public let copies: UnitedCopies
    /// The snapshots, oldest set first.
    public let sets: [SnapshotSet]
    /// How far the logs reach, by component.
    public let logs: [String: [LogReach]]
    /// The snapshots that are not trusted, since a revoked key signed them.
    public let revoked: Set<SnapshotID>
    /// The snapshots that are not trusted, since their numbers are far beyond those before them.
    public let outOfPlace: Set<SnapshotID>
    /// Objects that are other snapshots under another name, one fault each: they count for nothing.
    public let misplaced: [Fault]
    /// Objects that are damaged or forged, one fault each.
    public let refused: [Fault]

    /// Reads what the vault holds of some components, or of all when none is named; needs no key.
    ///
    /// Heads that this host has verified before are not read again.
    ///
    /// A snapshot or a piece of log that one copy has counts as there.
    ///
    /// - Throws: `E-COMPONENT-UNKNOWN`, what opening the first copy throws when none is there, and what reading throws.
    public static func read(
        _ stack: Stack,
        _ names: [String] = []
    ) async throws(Fault) -> Timeline {
        let selection = try stack.selection(names)
        let copies = try await stack.copiesToRead()
        let vault = copies.vault
        let memory = HeadMemory(stack, vault)
        var sets: [String: [HeadSummary]] = [:]
        var refused = vault.refusedHosts
        var (revoked, outOfPlace) = (Set<SnapshotID>(), Set<SnapshotID>())
        var misplaced: [Fault] = []
        var logs: [String: [LogReach]] = [:]
        for component in selection {
            let stream = stack.stream(of: component.name)
            let list = try await vault.summaries(of: stream, cache: memory.cache(of: stream))
            refused += list.refused
            revoked.formUnion(list.revoked)
            outOfPlace.formUnion(list.outOfPlace)
            misplaced += list.misplaced
            for head in list.heads { sets[head.set, default: []].append(head) }
            guard component.kind == .postgresql || component.kind == .redis else { continue }
            logs[component.name] = try await LogReach.read(
                vault,
                stream: stream,
                kind: component.kind
            )
        }
        return Timeline(
            copies: copies,
            sets: sets.map { SnapshotSet($0, $1) }
                .sorted { ($0.time, $0.id) < ($1.time, $1.id) },
            logs: logs,
            revoked: revoked,
            outOfPlace: outOfPlace,
            misplaced: misplaced,
            refused: refused
        )
    }
}

extension LogReach {
    /// How far the log of a stream reaches, by the server's timeline.
    static func read(
        _ vault: Vault,
        stream: StreamName,
        kind: ComponentKind
    ) async throws(Fault) -> [LogReach] {
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
                LogReach(
                    kind: kind,
                    epoch: epoch,
                    ranges: reader.coverage(epoch: epoch).ranges,
                    until: until
                )
            )
        }
        return reaches
    }
}
