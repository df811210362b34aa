public import Model
internal import ObjectStorage

/// What a listing tells of a vault's health, beside what earlier checks found.
///
/// Two listings and no reading: for knowing where one stands, not for proof.
public struct VaultSurvey: Sendable {
    private enum State {
        case missing
        case whole
        case short
        case damaged
    }

    /// What earlier checks found.
    public let history: CheckHistory
    /// The bytes of all log pieces, packs and snapshots.
    public private(set) var bytes = ByteCount.zero
    /// How many of them have been verified since they were stored.
    public private(set) var verified = ByteCount.zero
    private var packs: [Digest256: State] = [:]

    /// Surveys a vault, with a closer look at what some snapshots need.
    ///
    /// Memory: a number for each pack that the snapshots name.
    ///
    /// - Throws: what the store throws.
    public init(_ vault: Vault, needs snapshots: [Snapshot]) async throws(Fault) {
        history = try await vault.checkHistory()
        var sizes: [Digest256: Int] = [:]
        for pack in snapshots.lazy.flatMap(\.head.packs) {
            sizes[pack.id] = pack.bytes
            packs[pack.id] = .missing
        }
        for folder in ["log/", "packs/", "snapshots/"] {
            try await vault.store.list(folder) { info in
                bytes += ByteCount(info.bytes)
                if history.since(info.name.text, stored: info.modified) != nil {
                    verified += ByteCount(info.bytes)
                }
                guard case .pack(let id) = VaultName(info.name), let size = sizes[id] else {
                    return
                }
                packs[id] = info.bytes == Int64(size) ? .whole : .short
            }
        }
        for finding in history.open {
            guard let name = ObjectName(finding.object), case .pack(let id) = VaultName(name),
                case .whole = packs[id]
            else { continue }
            packs[id] = .damaged
        }
    }

    /// The packs of a snapshot that was surveyed which are missing, of the wrong size or damaged.
    public func unsound(of snapshot: Snapshot) -> Set<Digest256> {
        Set(
            snapshot.head.packs.lazy.map(\.id).filter { id in
                if case .whole = packs[id] { return false }
                return true
            }
        )
    }

    /// What is wrong with the packs of a snapshot that was surveyed, each a line.
    public func problems(of snapshot: Snapshot) -> [String] {
        var missing = 0
        var short = 0
        var damaged = 0
        for pack in snapshot.head.packs {
            switch packs[pack.id] {
            case .missing, nil: missing += 1
            case .short: short += 1
            case .damaged: damaged += 1
            case .whole: break
            }
        }
        let facts = [
            (missing, "are missing"), (short, "are of the wrong size"), (damaged, "are damaged"),
        ]
        return facts.filter { $0.0 > 0 }.map {
            "\($0.0) of \(snapshot.head.packs.count) packs of its newest snapshot \($0.1)"
        }
    }
}
