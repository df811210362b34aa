public import Model
internal import PostgresWire
public import Sealing
internal import SystemIO
public import SystemPackage
public import Vault

/// What `restore_command` does: puts one file where the server wants it, and the segments after it where the next calls find them.
public struct ArchiveFetch: Sendable {
    /// The log of a vault, and what opens it.
    public struct Source: Sendable {
        /// The log.
        public let log: LogReader
        /// What opens it.
        public let identities: [AgeIdentity]

        /// Groups the two.
        public init(_ log: LogReader, _ identities: [AgeIdentity]) {
            self.log = log
            self.identities = identities
        }
    }

    /// Where a file came from.
    public enum Origin: String, Sendable {
        /// It was handed over and is not in the vault yet.
        case spool
        /// It was fetched before it was asked for.
        case ahead
        /// The vault holds it.
        case vault
        /// The vault holds its beginning, which is the end of the log; the rest is zero.
        case end
    }

    /// How much is fetched before it is asked for, and how many segments at most.
    static let aheadBytes: UInt64 = 128 << 20
    static let aheadCount: UInt64 = 8

    let spool: WALSpool
    let dataDirectory: FilePath
    private let open: @Sendable () async throws(Fault) -> Source

    /// Prepares it.
    ///
    /// `dataDirectory`: where the server runs its commands.
    /// `open`: the log; not called for what is at hand.
    public init(
        _ spool: WALSpool,
        dataDirectory: FilePath,
        open: @escaping @Sendable () async throws(Fault) -> Source
    ) {
        self.spool = spool
        self.dataDirectory = dataDirectory
        self.open = open
    }

    /// Puts a file of the log at a path, whole.
    ///
    /// - Throws: `E-WAL-NONE` when it does not exist, so that the server may take the log for ended; everything else means that it
    ///   may exist: `E-LOG-GAP` when later log is there, `E-PG-FOREIGN` when the server is another cluster, what reading the vault
    ///   throws.
    public func run(_ name: String, to target: FilePath) async throws(Fault) -> Origin {
        let cluster = ClusterIdentity.of(dataDirectory)
        if let origin = try atHand(name, to: target, cluster) { return origin }
        switch ArchiveName(name) {
        case .history(let timeline)?:
            let source = try await opened(cluster)
            guard source.log.histories[timeline] != nil else { throw absent(name) }
            let bytes = try await source.log.history(
                epoch: timeline,
                identities: source.identities
            )
            try write(bytes, to: target)
            return .vault
        case .segment(let timeline)?:
            return try await segment(name, timeline, to: target, try await opened(cluster))
        // No server asks for these, and the vault keeps no file of such a name.
        case .partial?, .backupNote?, nil: throw absent(name)
        }
    }

    private func opened(_ cluster: String?) async throws(Fault) -> Source {
        let source = try await open()
        guard let cluster, let known = try await source.log.source(), known != cluster else {
            return source
        }
        throw Fault(
            .foreignCluster,
            "unable to hand out the log of '\(source.log.stream.component)': the server is cluster \(cluster), the vault holds \(known)",
            hints: ["Name the component of this cluster: lifeboat wal fetch %f %p STACK/COMPONENT"]
        )
    }

    private func segment(
        _ name: String,
        _ timeline: UInt32,
        to target: FilePath,
        _ source: Source
    ) async throws(Fault) -> Origin {
        let log = source.log
        guard let piece = log.pieces.first(where: { $0.epoch == timeline }) else {
            throw absent(name)
        }
        let facts = try await log.head(of: piece).facts
        guard let size = UInt64(facts["segment_bytes"] ?? "").flatMap(SegmentSize.init(bytes:)),
            let segment = SegmentName(name, size: size)
        else {
            throw Fault(
                .walForm,
                "unable to hand out segment '\(name)': the segments of the vault have other names",
                hints: [
                    "Look whether the server's wal_segment_size is that of the cluster that was backed up."
                ]
            )
        }
        let coverage = log.coverage(epoch: timeline)
        let reach = coverage.reach(from: segment.start.value) ?? segment.start.value
        guard reach < segment.end.value else {
            try await fetch(segment, upTo: segment.end.value, to: target, source)
            await fetchAhead(of: segment, coverage, source)
            return .vault
        }
        // Log from before and from after it is there: whoever stops here loses the latter without noticing.
        let hasBegun = log.pieces.contains {
            $0.epoch < timeline || $0.epoch == timeline && $0.from < segment.end.value
        }
        if hasBegun, let next = coverage.ranges.first(where: { $0.upperBound > reach }) {
            throw gap(name, from: LSN(reach), to: LSN(next.lowerBound))
        }
        let newest = max(log.pieces.map(\.epoch).max() ?? 0, log.histories.keys.max() ?? 0)
        guard reach > segment.start.value, timeline == newest else { throw absent(name) }
        try await fetch(segment, upTo: reach, to: target, source)
        return .end
    }

    private func gap(_ name: String, from: LSN, to: LSN) -> Fault {
        Fault(
            .logGap,
            "unable to hand out segment '\(name)': the log from \(from) to \(to) is missing, and what follows is there",
            hints: [
                "Restore to a point before the gap, or from a base backup behind it: lifeboat ls",
                "A standby needs a new base backup: lifeboat restore",
            ]
        )
    }

    private func absent(_ name: String) -> Fault {
        Fault(.walAbsent, "unable to hand out log file '\(name)': the vault does not hold it")
    }
}
