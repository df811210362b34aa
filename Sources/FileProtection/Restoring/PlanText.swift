internal import Model
internal import Vault

/// What a plan says about its snapshot, in words.
struct PlanText {
    let snapshot: Snapshot
    let target: RecoveryTarget

    /// The snapshot and its distance to the target.
    var choice: String {
        let time = snapshot.head.time
        guard case .time(let wanted) = target else {
            return "take the newest snapshot, of \(time)"
        }
        guard wanted > time else { return "take the snapshot of \(time), exactly the target" }
        return "take the snapshot of \(time), \(Self.words(wanted - time)) before the target"
    }

    /// What the snapshot lacks, a line each.
    var shortcomings: [String] {
        var lines: [String] = []
        if snapshot.head.problems > 0 {
            lines.append(
                "know that it is incomplete: \(Self.count(snapshot.head.problems, "path")) could not be read "
                    + "when it was made"
            )
        }
        if let changed = Int(snapshot.head.facts["changed"] ?? ""), changed > 0 {
            lines.append("know that \(Self.count(changed, "file")) changed while being read")
        }
        return lines
    }

    /// How many files.
    var files: String { Self.count(Int(snapshot.head.facts["files"] ?? "") ?? 0, "file") }

    static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// A distance with its two largest units.
    static func words(_ distance: Duration) -> String {
        let seconds = distance.components.seconds
        guard seconds > 0 else { return "less than a second" }
        let units: [(String, Int64)] = [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)]
        var rest = seconds
        var parts: [String] = []
        for (unit, length) in units {
            let number = rest / length
            rest %= length
            if number > 0 { parts.append("\(number) \(unit)") }
        }
        return parts.prefix(2).joined(separator: " ")
    }
}
