internal import Model
internal import RedisWire
internal import SystemIO
internal import SystemPackage

/// The files that a stopped server would start from, put under another name while a restore writes others.
///
/// The folder itself may be where a volume is mounted, so what is kept stays within it: a server looks at its own names only.
struct KeptFiles {
    /// The server's folder.
    let folder: FilePath
    /// The names that a server with these settings, or with the other `appendonly`, would start from.
    private let names: [FileName]
    /// The folder that they go to.
    let place: FilePath

    /// What there is; nil when a server would start empty on the folder.
    ///
    /// - Throws: `E-IO-…`.
    init?(
        in folder: FilePath,
        _ settings: RedisPersistenceSettings,
        now: Instant
    ) throws(Fault) {
        guard try FileSystem.followedStatus(folder)?.isDirectory == true else { return nil }
        let wanted = [settings.databaseFile, settings.appendDirectory, settings.appendFile]
        let directory = try Directory.open(folder)
        var names: [FileName] = []
        for name in wanted.compactMap({ FileName($0) }) where !names.contains(name) {
            if try directory.status(of: name) != nil { names.append(name) }
        }
        guard !names.isEmpty else { return nil }
        self.folder = folder
        self.names = names
        let digits = now.rfc3339(digits: 3).filter { $0.isNumber }
        place = folder.appending("before-restore-\(digits)")
    }

    /// Puts them there; they are there all, and on the disk, or all where they were.
    ///
    /// - Throws: `E-IO-…`.
    func putAside() throws(Fault) {
        guard let name = place.lastName else { throw .unable("make", place, .invalidArgument) }
        let directory = try Directory.open(folder)
        try directory.makeDirectory(name, mode: 0o700)
        do throws(Fault) {
            let kept = try directory.child(name)
            for name in names { try directory.move(name, to: kept, name) }
            try kept.synchronize()
            try directory.synchronize()
        } catch {
            // The first fault is the one to tell.
            try? putBack()
            throw error
        }
    }

    /// Puts them back where they were, after what was written in their stead is gone.
    ///
    /// - Throws: `E-IO-…`; then some are still in ``place``.
    func putBack() throws(Fault) {
        guard let name = place.lastName else { return }
        let directory = try Directory.open(folder)
        let kept = try directory.child(name)
        for name in names where try kept.status(of: name) != nil {
            try kept.move(name, to: directory, name)
        }
        try directory.removeDirectory(name)
        try directory.synchronize()
    }
}
