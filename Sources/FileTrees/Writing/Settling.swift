import Model

/// The order in which an entry gets what is not its content, and what of it could not be set.
struct Settling {
    private let entry: TreeEntry
    private let owner: (UInt32, UInt32)?
    private(set) var problems: [TreeProblem] = []

    init(_ entry: TreeEntry, owner: (UInt32, UInt32)?) {
        self.entry = entry
        self.owner = owner
    }

    /// Owner first, then attributes, then the mode and the time.
    mutating func attempt(
        owner setOwner: (UInt32, UInt32) throws(Fault) -> Void,
        attribute setAttribute: (TreeEntry.Attribute) throws(Fault) -> Void,
        rest: (_ mode: UInt16) throws(Fault) -> Void
    ) {
        var mode = entry.mode
        if let (user, group) = owner {
            let isSet = note { () throws(Fault) in try setOwner(user, group) }
            // Nobody gets rights that were meant for another owner.
            if !isSet { mode &= 0o1777 }
        }
        for attribute in entry.attributes {
            note { () throws(Fault) in try setAttribute(attribute) }
        }
        note { () throws(Fault) in try rest(mode) }
    }

    @discardableResult
    private mutating func note(_ body: () throws(Fault) -> Void) -> Bool {
        do throws(Fault) {
            try body()
            return true
        } catch {
            problems.append(TreeProblem(entry.path, .attributes, error))
            return false
        }
    }
}
