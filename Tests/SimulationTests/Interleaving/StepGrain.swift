import TestKit

/// How finely the work of writers and collectors is cut into steps.
///
/// ```
/// writer      look ─ read ─ prove ─ commit ─ put      coarse: look and read are one; only the finest has put
/// copier      look ─ send ─ prove ─ commit ─ put      only the finest has put
/// collector   mark ─ tombstone ─ night ─ sweep ─ again ─ delete      coarse: mark, night, sweep, delete
/// ```
/// What a writer does after it has proven its packs, up to the moment at which its snapshot is there, is one step unless
/// the grain is the finest. The finest lets time go by within a single put, which no program can exclude.
enum StepGrain: Sendable {
    case coarse, fine, finest

    var copier: SteppedStore.Plan {
        { [self] kind, name, step in
            switch kind {
            case .list where name == "packs/" && step == "look": .closes(before: "send")
            case .list where name == "gc/" && step != "look": .opens("prove")
            case .list where name == "packs/" && step == "prove": .closes(before: "commit")
            case .put where name.hasPrefix("snapshots/") && self == .finest: .opens("put")
            default: .same
            }
        }
    }

    var writer: SteppedStore.Plan {
        { [self] kind, name, step in
            switch kind {
            case .list where name == "gc/" && step != "look": .opens("prove")
            case .list where name == "packs/" && step == "prove": .closes(before: "commit")
            case .put where name.hasPrefix("snapshots/") && self == .finest: .opens("put")
            default: .same
            }
        }
    }

    var collector: SteppedStore.Plan {
        { [self] kind, name, step in
            let isFine = self != .coarse
            switch kind {
            case .remove where name.hasPrefix("packs/") || name.hasPrefix("snapshots/"):
                return .opens("delete")
            case .put where name.hasPrefix("gc/") && isFine: return .opens("tombstone")
            case .put where name.hasPrefix("ledger/") && step == "sweep" && isFine:
                return .opens("again")
            case .list where name == "snapshots/" && step == "delete" && isFine:
                return .opens("again")
            default: return .same
            }
        }
    }
}
