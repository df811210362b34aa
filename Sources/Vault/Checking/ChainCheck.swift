internal import Model

/// Whether the snapshots of each stream still follow one another: none is gone that no collection forgot.
///
/// A head names the hashes of those that it follows, so a snapshot that was taken away leaves a hole, unless it was the
/// newest. A value without input or output.
struct ChainCheck: Sendable {
    private struct Link {
        let id: SnapshotID
        let follows: [UInt64]
    }

    private struct Stream {
        /// The numbers of the snapshots that are there, or that a collection forgot, by the hashes in their names.
        var known: [UInt64: UInt64] = [:]
        var numbers: Set<UInt64> = []
        var links: [Link] = []
    }

    private var streams: [StreamName: Stream] = [:]

    /// Notes a snapshot that is there, or that a trusted document forgot; its head may be damaged.
    mutating func know(_ id: SnapshotID) {
        let known = streams[id.stream]?.known[Self.number(id.short)]
        streams[id.stream, default: Stream()].known[Self.number(id.short)] = min(
            known ?? id.seq,
            id.seq
        )
        streams[id.stream, default: Stream()].numbers.insert(id.seq)
    }

    /// Notes a verified head.
    mutating func add(_ snapshot: Snapshot) {
        streams[snapshot.id.stream, default: Stream()].links.append(
            Link(id: snapshot.id, follows: snapshot.head.previous.map(\.prefix))
        )
    }

    /// The holes, each as a fact about the snapshot after it.
    var findings: [(object: String, fact: String)] {
        streams.values.flatMap { stream in
            stream.links.flatMap { link in
                Self.facts(link, stream).map { (link.id.description, $0) }
            }
        }
    }

    private static func facts(_ link: Link, _ stream: Stream) -> [String] {
        let lost = link.follows.filter { stream.known[$0] == nil }
        let facts = lost.map {
            "the snapshot …-\(VaultName.padded($0, 16, 16)) that it follows is gone, and no collection forgot it"
        }
        guard lost.isEmpty else { return facts }
        let before = link.follows.compactMap { stream.known[$0] }.max() ?? 0
        guard link.id.seq > before + 1 else { return [] }
        let between = before + 1..<link.id.seq
        // As many as there are names at most are explained; what is left over is not.
        let there = stream.numbers.count { between.contains($0) }
        guard there < between.count else { return [] }
        return [
            "\(between.count - there) snapshots of the numbers \(between.lowerBound) to \(link.id.seq - 1)"
                + " before it are gone, and no collection forgot them"
        ]
    }

    private static func number(_ short: String) -> UInt64 { UInt64(short, radix: 16) ?? 0 }
}
