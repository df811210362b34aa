import Model
import SystemIO
import SystemPackage

extension TreeWriter {
    /// Sets owner, attributes, mode and time, in this order: a new owner clears set-user-ID and capabilities, and any
    /// change but the last moves the time.
    func settle(
        _ entry: TreeEntry,
        _ name: FileName,
        in folder: borrowing Directory
    ) -> [TreeProblem] {
        var problems: [TreeProblem] = []
        var mode = entry.mode
        if let (owner, group) = owner(of: entry) {
            let fault = attempt(folder) { (folder) throws(Fault) in
                try folder.setOwner(owner, group: group, of: name)
            }
            if let fault {
                problems.append(TreeProblem(entry.path, .attributes, fault))
                // Nobody gets rights that were meant for another owner.
                mode &= 0o1777
            }
        }
        for attribute in entry.attributes {
            let fault = attempt(folder) { (folder) throws(Fault) in
                try folder.setAttribute(attribute.name, to: attribute.value, of: name)
            }
            if let fault { problems.append(TreeProblem(entry.path, .attributes, fault)) }
        }
        let fault = attempt(folder) { (folder) throws(Fault) in
            if case .symbolicLink = entry.kind {} else { try folder.setMode(mode, of: name) }
            try folder.setTimes(modified: entry.modified, of: name)
        }
        if let fault { problems.append(TreeProblem(entry.path, .attributes, fault)) }
        return problems
    }

    private func attempt(
        _ folder: borrowing Directory,
        _ body: (borrowing Directory) throws(Fault) -> Void
    ) -> Fault? {
        do throws(Fault) {
            try body(folder)
            return nil
        } catch {
            return error
        }
    }

    private func owner(of entry: TreeEntry) -> (UInt32, UInt32)? {
        switch ownership {
        case .keep: return nil
        case .numbers: return (entry.owner, entry.group)
        case .names:
            let owner = entry.ownerName.flatMap { name in ownerIDs.id(name) { Account.userID($0) } }
            let group = entry.groupName.flatMap { name in groupIDs.id(name) { Account.groupID($0) }
            }
            return (owner ?? entry.owner, group ?? entry.group)
        }
    }
}
