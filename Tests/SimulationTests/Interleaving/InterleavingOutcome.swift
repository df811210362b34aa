import Model
import TestKit
import Vault

/// What one simulation came to.
struct InterleavingOutcome: Sendable {
    var turns: [Interleaving.Turn] = []
    /// What became of each writer, and of the copier, who has no snapshot of its own.
    var results: [Result<SnapshotID?, Fault>] = []
    var collectorFaults: [Fault] = []
    var packsDeleted = 0
    var snapshotsDeleted = 0
    var spared = 0
    var copied = 0
    /// Snapshots that lack packs since storing them took too long, and whose writers know.
    var late = 0
    /// What must not be.
    var complaints: [String] = []

    /// What it came to, whichever of several like writers did it.
    var gist: String {
        let ends = results.map { result in
            switch result {
            case .success: "committed"
            case .failure(let fault): fault.code.id
            }
        }
        return "\(ends.sorted()) \(packsDeleted) \(snapshotsDeleted) \(spared) \(copied) \(late)"
    }
}

/// What many simulations came to.
struct InterleavingTally: Sendable, CustomStringConvertible {
    private(set) var plays = 0
    private(set) var longest = 0
    private(set) var committed = 0
    private(set) var faults: [String: Int] = [:]
    private(set) var packsDeleted = 0
    private(set) var snapshotsDeleted = 0
    private(set) var spared = 0
    private(set) var copied = 0
    private(set) var late = 0
    private(set) var broken = 0
    private(set) var gists: Set<String> = []
    /// The first complaints, with the steps that led to them.
    private(set) var complaints: [String] = []

    mutating func add(_ outcome: InterleavingOutcome, _ label: String = "") {
        plays += 1
        longest = max(longest, outcome.turns.count)
        for result in outcome.results {
            switch result {
            case .success: committed += 1
            case .failure(let fault): faults[fault.code.id, default: 0] += 1
            }
        }
        for fault in outcome.collectorFaults { faults[fault.code.id, default: 0] += 1 }
        packsDeleted += outcome.packsDeleted
        snapshotsDeleted += outcome.snapshotsDeleted
        spared += outcome.spared
        copied += outcome.copied
        late += outcome.late
        gists.insert(outcome.gist)
        guard !outcome.complaints.isEmpty else { return }
        broken += 1
        if complaints.count < 3 {
            let turns = outcome.turns.map(\.description).joined(separator: " ")
            complaints.append(
                "\(label)\(outcome.complaints.joined(separator: "; ")) after \(turns)"
            )
        }
    }

    var description: String {
        let faults = faults.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return "\(plays) orders of at most \(longest) steps: \(committed) ended well, "
            + "\(faults.joined(separator: ", ")); \(packsDeleted) packs and \(snapshotsDeleted) "
            + "snapshots deleted, \(spared) spared, \(copied) copied, \(late) late, \(broken) broken"
    }
}
