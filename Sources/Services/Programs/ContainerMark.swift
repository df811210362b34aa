public import Model
internal import SystemIO
public import SystemPackage

/// The file that stands for a container of ours: it is there before it, gone behind it, and locked for as long as its maker lives.
///
/// So one that nobody holds names a container that a killed run may have left. The container sees it as its `/etc/passwd`, since
/// a server asks for the name of the account that it runs as, and an image knows none of this host's.
public final class ContainerMark: Sendable {
    private static let prefix = "lifeboat-"
    private static let door = "lock"

    /// The container's name, and the file's.
    let name: String
    /// The file.
    let path: FilePath
    private let lock: FileLock

    /// Makes the file and locks it; `uid` and `gid` are the account that it names.
    ///
    /// - Throws: `E-IO-…`.
    init(in folder: FilePath, uid: UInt32, gid: UInt32) throws(Fault) {
        try FileSystem.makeDirectories(folder, mode: 0o700)
        name = Self.prefix + Hexadecimal.encode(RandomBytes.make(8))
        path = folder.appending(name)
        // Until it is locked nobody may take it for one that was left.
        let door = try FileLock.acquire(folder.appending(Self.door), wait: true)
        let root = "root:x:0:0::/:/bin/sh\n"
        let own = uid == 0 ? "" : "lifeboat:x:\(uid):\(gid)::/:/bin/sh\n"
        try DurableFile.create(path, with: Array((root + own).utf8), mode: 0o644)
        guard let lock = try FileLock.acquire(path, wait: false) else {
            throw .unable("lock file", path, .wouldBlock)
        }
        self.lock = lock
        door?.release()
    }

    /// Removes the file; the container must be gone.
    ///
    /// - Throws: `E-IO-…`.
    func remove() throws(Fault) { try FileSystem.removeFile(path) }

    /// Removes the containers that killed runs have left, with their files; an engine is asked only when there are any.
    ///
    /// - Parameters:
    ///   - folder: where the files are; it need not be there.
    ///   - engine: who runs the containers.
    /// - Returns: what could not be done.
    public static func sweep(
        _ folder: FilePath,
        _ engine: () throws(Fault) -> ContainerEngine
    ) async -> [Fault] {
        let names: [FileName]
        do throws(Fault) { names = try Directory.open(folder).names() } catch {
            return error.code == .fileMissing ? [] : [error]
        }
        var faults: [Fault] = []
        for name in names where name.bytes.starts(with: prefix.utf8) {
            do throws(Fault) {
                try await removeAbandoned(folder, name, engine)
            } catch { faults.append(error) }
        }
        return faults
    }

    private static func removeAbandoned(
        _ folder: FilePath,
        _ name: FileName,
        _ engine: () throws(Fault) -> ContainerEngine
    ) async throws(Fault) {
        let path = folder.appending(name)
        guard let lock = try abandoned(path, folder) else { return }
        try await engine().remove(name.description)
        try FileSystem.removeFile(path)
        lock.release()
    }

    /// The lock of a file that nobody holds; nil for others.
    private static func abandoned(
        _ path: FilePath,
        _ folder: FilePath
    ) throws(Fault) -> FileLock? {
        let door = try FileLock.acquire(folder.appending(Self.door), wait: true)
        let lock = try FileLock.acquire(path, wait: false)
        door?.release()
        return lock
    }
}
