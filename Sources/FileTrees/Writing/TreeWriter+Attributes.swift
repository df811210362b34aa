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

    func owner(of entry: TreeEntry) -> (UInt32, UInt32)? {
        switch ownership {
        case .keep: return nil
        case .numbers: return (entry.owner, entry.group)
        case .names:
            return (
                ownerIDs.id(of: entry.ownerName, else: entry.owner),
                groupIDs.id(of: entry.groupName, else: entry.group)
            )
        }
    }

    /// The names of owners whose files no account of this host takes, a line each, and who has the numbers that they got.
    public var strangers: [String] {
        Self.lines("user", ownerIDs.strangers) { Account.identified(by: $0)?.name }
            + Self.lines("group", groupIDs.strangers) { Account.groupName($0) }
    }

    private static func lines(
        _ kind: String,
        _ strangers: [String: UInt32],
        _ nameHere: (UInt32) -> String?
    ) -> [String] {
        strangers.sorted { $0.key < $1.key }.map { name, number in
            let here = nameHere(number).map { ", which is '\($0)' here" } ?? ""
            return
                "\(kind) '\(name)' has no account on this host to take its files: they belong to number \(number)\(here)"
        }
    }
}
