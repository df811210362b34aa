internal import Model
internal import StackConfiguration

// One part of the rule each.
extension CopyCompliance {
    static func number(_ copies: [Copy], _ good: [Copy]) -> [Lack] {
        guard good.count < wanted else { return [] }
        if let away = copies.first(where: { !$0.isThere }) {
            return [
                Lack(
                    part: .copies,
                    fact:
                        "\(good.count) of \(wanted) copies are there: '\(away.name)' cannot be used",
                    remedy: "bring it back, then: lifeboat copy"
                )
            ]
        }
        if let empty = copies.first(where: { !$0.isFilled }) {
            return [
                Lack(
                    part: .copies,
                    fact: "copy '\(empty.name)' was never up to date, or lacks a component",
                    remedy: copies.count > 1
                        ? "lifeboat copy --to \(empty.name)" : "lifeboat backup"
                )
            ]
        }
        return [
            Lack(
                part: .copies,
                fact: copies.count == 1
                    ? "there is one copy beside the data, not \(wanted)"
                    : "there are \(copies.count) copies beside the data, not \(wanted)",
                remedy: "add one under `copies:`, then: lifeboat copy --to NAME"
            )
        ]
    }

    static func disks(_ copies: [Copy]) -> [Lack] {
        let systems = copies.map(\.fileSystem)
        guard copies.count > 1, let first = systems[0], systems.allSatisfy({ $0 == first }) else {
            return []
        }
        let names = copies.map { "'\($0.name)'" }.joined(separator: " and ")
        return [
            Lack(
                part: .disks,
                fact: "\(names) are on one file system: what takes one takes all",
                remedy: "put one on another disk: mend its `url:`, then lifeboat copy --to NAME"
            )
        ]
    }

    static func media(_ copies: [Copy]) -> [Lack] {
        // The data itself is on a disk.
        guard copies.allSatisfy({ $0.medium == .disk }) else { return [] }
        return [
            Lack(
                part: .media,
                fact: "the data and every copy are on disks of this machine",
                remedy:
                    "add a copy in a bucket or on another machine, or say what it is on: `medium:`"
            )
        ]
    }

    static func sites(_ copies: [Copy]) -> [Lack] {
        guard Set(copies.map(\.site)).count < 2 else { return [] }
        let place = copies.first?.site.map { "every copy is at '\($0)'" }
        return [
            Lack(
                part: .sites,
                fact: place ?? "no copy is known to be at another place",
                remedy: "add a copy elsewhere, and say where each is: `site:`"
            )
        ]
    }

    static func reach(_ copies: [Copy]) -> [Lack] {
        guard !copies.contains(where: \.isOutOfReach) else { return [] }
        if let open = copies.first(where: \.lacksLock) {
            return [
                Lack(
                    part: .reach,
                    fact:
                        "copy '\(open.name)' has `lock:`, and its newest snapshots are not locked",
                    remedy: "see what its store takes: lifeboat doctor"
                )
            ]
        }
        return [
            Lack(
                part: .reach,
                fact: "whoever takes over this host can delete every copy",
                remedy:
                    "lock one (`lock: {mode: compliance, for: 30d}`) or keep one offline (`offline: true`)"
            )
        ]
    }

    static func verification(_ copies: [Copy], _ now: Instant) -> [Lack] {
        let newest = copies.compactMap(\.verified).max()
        if let newest, newest + window >= now { return [] }
        return [
            Lack(
                part: .verification,
                fact: newest.map { "no copy was verified as a whole since \($0)" }
                    ?? "no copy was ever verified as a whole",
                remedy: "lifeboat check"
            )
        ]
    }

    static func damage(_ copies: [Copy]) -> [Lack] {
        copies.filter { $0.damage > 0 }.map { copy in
            Lack(
                part: .damage,
                fact: "copy '\(copy.name)' has damage that was not mended, \(copy.damage) findings",
                remedy: "lifeboat check --copy \(copy.name) --repair"
            )
        }
    }
}
