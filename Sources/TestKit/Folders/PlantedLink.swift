public import Model
public import SystemIO
public import SystemPackage

/// A symbolic link of another account, at a place that root is about to write to.
public enum PlantedLink {
    /// An account that no host has.
    public static let stranger = Account(uid: 4_242, gid: 4_243, name: "4242")

    /// Makes the link; only root can.
    ///
    /// - Throws: `E-IO-…`.
    public static func make(
        at path: FilePath,
        to target: FilePath,
        of account: Account = stranger
    ) throws(Fault) {
        guard let name = path.lastName else { throw .unable("link", path, .invalidArgument) }
        let folder = try Directory.open(path.parent)
        try folder.makeSymbolicLink(name, target: target.bytes)
        try folder.setOwner(account.uid, group: account.gid, of: name)
    }
}
