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
        var settling = Settling(entry, owner: owner(of: entry))
        settling.attempt { (owner, group) throws(Fault) in
            try folder.setOwner(owner, group: group, of: name)
        } attribute: { (attribute) throws(Fault) in
            try folder.setAttribute(attribute.name, to: attribute.value, of: name)
        } rest: { (mode) throws(Fault) in
            if case .symbolicLink = entry.kind {} else { try folder.setMode(mode, of: name) }
            try folder.setTimes(modified: entry.modified, of: name)
        }
        return settling.problems
    }

    /// The same, of an open file.
    func settle(_ entry: TreeEntry, _ file: borrowing Descriptor) -> [TreeProblem] {
        var settling = Settling(entry, owner: owner(of: entry))
        settling.attempt { (owner, group) throws(Fault) in
            try file.setOwner(owner, group: group)
        } attribute: { (attribute) throws(Fault) in
            try file.setAttribute(attribute.name, to: attribute.value)
        } rest: { (mode) throws(Fault) in
            try file.setMode(mode)
            try file.setTimes(modified: entry.modified)
        }
        return settling.problems
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
