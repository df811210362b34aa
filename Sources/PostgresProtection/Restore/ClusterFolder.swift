internal import Model
internal import SystemIO
internal import SystemPackage

/// A restored data directory: files that a restore adds to it, with the right owner.
struct ClusterFolder {
    let path: FilePath
    /// Whose the files are; nil leaves them with this user.
    let account: Account?

    /// Writes a file durably, in place of one that is there.
    func write(_ bytes: [UInt8], to relative: String, mode: UInt16 = 0o600) throws(Fault) {
        let target = path.appending(relative)
        try DurableFile.replace(target, with: bytes, mode: mode)
        try own(target)
    }

    /// Makes a folder.
    func makeDirectory(_ relative: String, mode: UInt16 = 0o700) throws(Fault) {
        let target = path.appending(relative)
        try FileSystem.makeDirectories(target, mode: mode)
        try own(target)
    }

    /// Makes a symbolic link.
    func link(_ relative: String, to target: FilePath) throws(Fault) {
        let link = path.appending(relative)
        let folder = try Directory.open(link.parent)
        guard let name = link.lastName else { throw .unable("make link", link, .invalidArgument) }
        if try folder.status(of: name) != nil { try folder.removeDirectory(name) }
        try folder.makeSymbolicLink(name, target: target.bytes)
        try own(link)
    }

    /// Gives something to the account.
    func own(_ target: FilePath) throws(Fault) {
        guard let account, Account.current.uid == 0, let name = target.lastName else { return }
        try Directory.open(target.parent).setOwner(account.uid, group: account.gid, of: name)
    }

    /// A small file's text; empty when there is none.
    func text(of relative: String) throws(Fault) -> String {
        let target = path.appending(relative)
        guard try FileSystem.status(target) != nil else { return "" }
        return String(
            decoding: try DurableFile.read(target, limit: ByteCount(1 << 20)),
            as: UTF8.self
        )
    }
}
