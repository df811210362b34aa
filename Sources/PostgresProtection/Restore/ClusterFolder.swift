internal import Model
internal import SystemIO
internal import SystemPackage

/// A folder that a restore fills and then hands over to the account of the server.
///
/// The folder stays open and everything in it is reached from there name by name, so whoever may write in it or above it leads
/// nobody elsewhere: no symbolic link is followed, no file that is already there is opened to be written, and each new
/// file belongs to its owner before it has its name. Until ``handOver()`` the folder itself belongs to who restores.
final class ClusterFolder: Sendable {
    /// Where it was when it was opened.
    let path: FilePath
    /// Whose the files are; nil leaves them with this user.
    let account: Account?
    private let directory: Directory

    /// Opens a folder, makes it when it is missing, and takes it until it is handed over.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY` for one that somebody else chose or owns, see ``FolderClaim``; `E-IO-…`.
    init(taking path: FilePath, for account: Account?, isDerived: Bool = false) throws(Fault) {
        self.path = path
        self.account = FolderClaim.recipient(account)
        directory = try FolderClaim(path: path, account: self.account, isDerived: isDerived).open()
        try take()
    }

    private init(
        _ directory: consuming Directory,
        at path: FilePath,
        for account: Account?
    ) throws(Fault) {
        self.path = path
        self.account = account
        self.directory = directory
        try take()
    }

    /// Opens a folder of this folder, as ``init(taking:for:isDerived:)`` does; no symbolic link is followed.
    func child(_ name: String) throws(Fault) -> ClusterFolder {
        guard let name = FileName(name) else {
            throw .unable("find", path.appending(name), .invalidArgument)
        }
        let place = path.appending(name)
        let claim = FolderClaim(path: place, account: account, isDerived: true)
        return try ClusterFolder(try claim.open(name, in: directory), at: place, for: account)
    }

    /// A path that leads to the folder while this lives, whatever becomes of its name.
    var anchor: FilePath { directory.anchor }

    /// Removes everything in it.
    func removeAll() throws(Fault) {
        for name in try directory.names() {
            let isFolder = try directory.status(of: name)?.isDirectory ?? false
            try directory.removeTree(name, isDirectory: isFolder)
        }
    }

    /// Takes the folder back from the account while something is done in it, so that the account is not in the way.
    ///
    /// After success and after failure the account has it again.
    func taken<Value>(_ body: () throws(Fault) -> Value) throws(Fault) -> Value {
        try take()
        let result = Result { () throws(Fault) in try body() }
        try handOver()
        return try result.get()
    }

    private func take() throws(Fault) {
        guard account != nil else { return }
        let current = Account.current
        try directory.setOwner(current.uid, group: current.gid, mode: 0o700)
    }

    /// Gives the folder itself to the account, for which the server then runs in it.
    func handOver() throws(Fault) {
        guard let account else { return }
        try directory.setOwner(account.uid, group: account.gid, mode: 0o700)
        try directory.synchronize()
    }

    /// Writes a file durably, in place of one that is there.
    func write(_ bytes: [UInt8], to relative: String, mode: UInt16 = 0o600) throws(Fault) {
        let place = try place(relative)
        try place.folder.writeDurably(
            bytes,
            as: place.name,
            mode: mode,
            replacing: true,
            owner: account
        )
    }

    /// Makes a file that is not there yet; nobody else can write it before its owner has it.
    func makeFile(_ relative: String) throws(Fault) -> Descriptor {
        let place = try place(relative)
        let file = try place.folder.openFile(place.name, .readWrite, create: .exclusive(0o600))
        if let account { try file.setOwner(account.uid, group: account.gid) }
        return file
    }

    /// Opens an ordinary file that is there.
    func openFile(_ relative: String, _ access: Descriptor.Access) throws(Fault) -> Descriptor {
        let place = try place(relative)
        return try place.folder.openFile(place.name, access)
    }

    /// Makes a folder, unless it is there.
    func makeDirectory(_ relative: String) throws(Fault) {
        let place = try place(relative)
        do throws(Fault) {
            try place.folder.makeDirectory(place.name, mode: 0o700)
        } catch  where error.systemError == .fileExists {}
        guard let account else { return }
        try place.folder.child(place.name)
            .setOwner(account.uid, group: account.gid, mode: 0o700)
    }

    /// Makes a symbolic link in place of an empty folder or another link; it stays this user's, which matters to nobody.
    func link(_ relative: String, to target: FilePath) throws(Fault) {
        let place = try place(relative)
        if let status = try place.folder.status(of: place.name) {
            if status.isDirectory {
                try place.folder.removeDirectory(place.name)
            } else {
                try place.folder.removeFile(place.name)
            }
        }
        try place.folder.makeSymbolicLink(place.name, target: target.bytes)
        try place.folder.synchronize()
    }

    /// Whether something has a name; a symbolic link at its end is not followed.
    func contains(_ relative: String) throws(Fault) -> Bool {
        do throws(Fault) {
            let place = try place(relative)
            return try place.folder.status(of: place.name) != nil
        } catch  where error.systemError == .noSuchFileOrDirectory { return false }
    }

    /// Removes a name, with all that is below it.
    func remove(_ relative: String) throws(Fault) {
        let place = try place(relative)
        guard let status = try place.folder.status(of: place.name) else { return }
        try place.folder.removeTree(place.name, isDirectory: status.isDirectory)
    }

    /// Brings a folder's list of names to the disk.
    func synchronize(_ relative: String) throws(Fault) {
        try folder(relative.split { $0 == "/" }, relative).synchronize()
    }

    /// The names in a folder.
    func names(in relative: String) throws(Fault) -> [FileName] {
        try folder(relative.split { $0 == "/" }, relative).names()
    }

    /// A small file's content.
    func bytes(of relative: String) throws(Fault) -> [UInt8] {
        try openFile(relative, .read).readAll(limit: ByteCount(1 << 20))
    }

    /// A small file's text; empty when there is none.
    func text(of relative: String) throws(Fault) -> String {
        guard try contains(relative) else { return "" }
        return String(decoding: try bytes(of: relative), as: UTF8.self)
    }

    /// A name, and the open folder that holds it.
    private struct Place: ~Copyable {
        let folder: Directory
        let name: FileName
    }

    private func place(_ relative: String) throws(Fault) -> Place {
        let names = relative.split { $0 == "/" }
        guard let last = names.last, let name = FileName(last) else {
            throw .unable("find", path.appending(relative), .invalidArgument)
        }
        return Place(folder: try folder(names.dropLast(), relative), name: name)
    }

    private func folder(
        _ names: some Sequence<Substring>,
        _ relative: String
    ) throws(Fault) -> Directory {
        var folder = try directory.reopened()
        for text in names {
            guard let name = FileName(text) else {
                throw .unable("find", path.appending(relative), .invalidArgument)
            }
            folder = try folder.child(name)
        }
        return folder
    }
}
