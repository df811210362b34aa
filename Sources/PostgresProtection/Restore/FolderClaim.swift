internal import Model
internal import Protection
internal import SystemIO
internal import SystemPackage

/// Opens the folders that a restore fills and then gives to the account of the server.
///
/// That account may often write above them, so it could choose which folder root gives away: a symbolic link counts only when
/// root or the caller made it, and never under a name that nobody asked for.
struct FolderClaim {
    let path: FilePath
    /// To whom the folder will be given; nil when it stays with who restores.
    let account: Account?
    /// Whether the name is Lifeboat's own choice: then a symbolic link there is nobody's wish.
    let isDerived: Bool

    /// A name, whether something has it, and the open folder that it is in.
    private struct Found: ~Copyable {
        let parent: Directory
        let name: FileName
        let isThere: Bool
    }

    /// To whom files are given that are restored for an account: nobody but root gives any away.
    static func recipient(_ account: Account?) -> Account? {
        Account.current.uid == 0 && account?.uid != 0 ? account : nil
    }

    /// Refuses what ``open()`` would refuse; changes nothing.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY`, `E-IO-…`.
    func require() throws(Fault) {
        do throws(Fault) {
            let found = try find()
            if found.isThere { _ = try open(found.name, in: found.parent) }
        } catch  where error.systemError == .noSuchFileOrDirectory {}
    }

    /// Opens the folder, and makes it and those above it when they are missing.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY`, `E-IO-…`.
    func open() throws(Fault) -> Directory {
        try FileSystem.makeDirectories(path.parent, mode: 0o700)
        let found = try find()
        return try open(found.name, in: found.parent)
    }

    /// Opens a folder of an open folder, and makes it when it is missing; no symbolic link is followed.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY`, `E-IO-…`.
    func open(_ name: FileName, in parent: borrowing Directory) throws(Fault) -> Directory {
        if let status = try parent.status(of: name) {
            guard status.isDirectory else { throw refusal("something that is no folder is there") }
        } else {
            try parent.makeDirectory(name, mode: 0o700)
            try parent.synchronize()
        }
        let folder = try parent.child(name)
        let owner = try folder.status().owner
        if let account, owner != account.uid, owner != Account.current.uid {
            throw refusal(
                "the folder belongs to neither root nor \(account.name), but to \(Self.name(owner))"
            )
        }
        return folder
    }

    /// Follows the links that may be followed; one that is planted meanwhile is not.
    private func find() throws(Fault) -> Found {
        let place = isDerived ? path : try RestoreDestination.followed(path)
        guard let name = place.lastName else {
            throw refusal("it is no folder that can be filled")
        }
        let parent = try Directory.open(place.parent)
        let status = try parent.status(of: name)
        if let status, status.kind == .symbolicLink {
            throw refusal("a symbolic link of \(Self.name(status.owner)) is there")
        }
        return Found(parent: parent, name: name, isThere: status != nil)
    }

    private static func name(_ owner: UInt32) -> String {
        Account.identified(by: owner)?.name ?? String(owner)
    }

    /// That a restore does not go to a place.
    func refusal(_ fact: String) -> Fault {
        RestoreDestination.refusal(of: path, fact)
    }
}
