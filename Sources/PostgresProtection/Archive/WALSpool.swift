public import Model
internal import SystemIO
public import SystemPackage

/// Where log files wait that a server handed over and no vault holds yet, and those that were fetched for it.
///
/// ```text
///   <folder>/source      whose log it is: the cluster's system identifier
///   <folder>/files/…     as they were handed over; one goes when the vault holds it
///   <folder>/refused/…   those that differ from what the vault holds; a person looks at them
///   <folder>/ahead/…     fetched from the vault before the server asks for them
/// ```
/// What is made in the folder gets its permissions, so that it can be shared by a group: the server's user puts files in, Lifeboat's
/// takes them out.
public struct WALSpool: Sendable {
    /// A file that waits.
    public struct Entry: Sendable {
        /// Its name, as the server gave it.
        public let name: String
        /// Its length.
        public let bytes: Int64
        /// When it was handed over.
        public let time: Instant
    }

    /// The most that a log file may hold: a segment of the largest size.
    static let fileLimit = ByteCount(1 << 30)

    /// Where it is.
    public let folder: FilePath
    /// How many bytes may wait.
    public let limit: ByteCount

    /// Names a spool; nothing is made or looked at.
    public init(_ folder: FilePath, limit: ByteCount) {
        self.folder = folder
        self.limit = limit
    }

    /// Where fetched files lie.
    public var ahead: FilePath { folder.appending("ahead") }
    private var files: FilePath { folder.appending("files") }
    /// Where files lie that were put aside.
    public var refused: FilePath { folder.appending("refused") }
    private var mark: FilePath { folder.appending("source") }

    /// Whose log it takes, once that is known.
    ///
    /// - Throws: `E-IO-…`.
    public func source() throws(Fault) -> String? {
        do throws(Fault) {
            let bytes = try DurableFile.read(mark, limit: ByteCount(64))
            let text = String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)
            return text.isEmpty ? nil : text
        } catch  where error.code == .fileMissing { return nil }
    }

    /// Takes the log of one cluster and no other from now on.
    ///
    /// - Throws: `E-IO-…`.
    public func setSource(_ source: String) throws(Fault) {
        let mode = try prepare(folder) & 0o666
        try DurableFile.replace(mark, with: Array("\(source)\n".utf8), mode: mode)
    }

    /// The files that wait: histories first, then by name, which is the order of the log.
    ///
    /// - Throws: `E-IO-…`.
    public func entries() throws(Fault) -> [Entry] {
        guard try FileSystem.status(files) != nil else { return [] }
        let directory = try Directory.open(files)
        var entries: [Entry] = []
        for name in try directory.names() {
            let text = name.description
            // A file that is being written has no such name yet.
            guard ArchiveName(text) != nil, let status = try directory.status(of: name),
                status.isRegular
            else { continue }
            entries.append(Entry(name: text, bytes: status.size, time: status.modified))
        }
        return entries.sorted { left, right in
            let (first, second) = (
                left.name.hasSuffix(".history"), right.name.hasSuffix(".history")
            )
            return first == second ? left.name < right.name : first
        }
    }

    /// How many bytes may still come; none in a full one.
    ///
    /// - Throws: `E-IO-…`.
    func room() throws(Fault) -> Int64 {
        limit.bytes - (try entries().reduce(0) { $0 + $1.bytes })
    }

    /// Puts a file in; when this returns it is durable.
    ///
    /// Again with the same bytes is success.
    ///
    /// - Throws: `E-WAL-DIFFERS` when other bytes wait under its name, `E-IO-FULL`, `E-IO-…`.
    func put(_ name: String, _ bytes: [UInt8]) throws(Fault) {
        let mode = try prepare(files) & 0o666
        do throws(Fault) {
            try DurableFile.create(files.appending(name), with: bytes, mode: mode)
        } catch  where error.code == .fileExists {
            guard try read(name) == bytes else {
                throw Self.differs(name, from: "'\(files.appending(name).displayed)'")
            }
            // Whoever put it there may have died before it was durable.
            try Descriptor.openOrdinary(files.appending(name)).synchronize()
            try FileSystem.synchronizeDirectory(files)
        }
    }

    static func differs(_ name: String, from place: String) -> Fault {
        Fault(
            .walDiffers,
            "unable to take log file '\(name)': it differs from \(place)",
            hints: [
                "Two servers archive under one name, or one of the files is damaged: compare them with pg_waldump.",
                "Give each cluster a component of its own; a copy of a server must not archive: archive_mode = off.",
            ]
        )
    }

    /// A file that waits.
    ///
    /// - Throws: `E-IO-MISSING` when there is none, `E-IO-…`.
    func read(_ name: String) throws(Fault) -> [UInt8] {
        try DurableFile.read(files.appending(name), limit: Self.fileLimit)
    }

    /// The path of a file that waits; nil when there is none.
    ///
    /// - Throws: `E-IO-…`.
    func path(of name: String) throws(Fault) -> FilePath? {
        let path = files.appending(name)
        return try FileSystem.status(path)?.isRegular == true ? path : nil
    }

    /// Lets a file go that a vault holds.
    ///
    /// - Throws: `E-IO-…`.
    func remove(_ name: String) throws(Fault) {
        try FileSystem.removeFile(files.appending(name))
    }

    /// Puts a file aside that cannot be stored, for a person to look at.
    ///
    /// - Throws: `E-IO-…`.
    func refuse(_ name: String) throws(Fault) {
        try prepare(refused)
        guard let name = FileName(name) else { return }
        let from = try Directory.open(files)
        let to = try Directory.open(refused)
        try from.move(name, to: to, name)
        try to.synchronize()
        try from.synchronize()
    }

    /// Removes what a process left that died while it put a file in.
    ///
    /// - Throws: `E-IO-…`.
    func sweep(before moment: Instant) throws(Fault) {
        guard try FileSystem.status(files) != nil else { return }
        let directory = try Directory.open(files)
        for name in try directory.names() where name.isTemporary {
            guard let status = try directory.status(of: name), status.modified < moment else {
                continue
            }
            try directory.removeFile(name)
        }
    }

    /// The names of files that were put aside.
    ///
    /// - Throws: `E-IO-…`.
    public func refusals() throws(Fault) -> [String] {
        guard try FileSystem.status(refused) != nil else { return [] }
        return try Directory.open(refused).names().map(\.description).sorted()
    }

    /// Takes the right to take files out; nil when another process has it.
    ///
    /// - Throws: `E-IO-…`.
    func lock() throws(Fault) -> FileLock? {
        let mode = try prepare(folder) & 0o666
        let path = folder.appending("lock")
        if try FileSystem.status(path) == nil {
            do throws(Fault) {
                try DurableFile.create(path, with: [], mode: mode)
            } catch  where error.code == .fileExists {
                // Another process made it just now.
            }
        }
        return try FileLock.acquire(path, wait: false)
    }

    /// Makes a folder of the spool that is missing, with the permissions of the spool; gives those.
    @discardableResult
    func prepare(_ path: FilePath) throws(Fault) -> UInt16 {
        try FileSystem.makeDirectories(folder, mode: 0o700)
        let mode = try FileSystem.followedStatus(folder)?.mode ?? 0o700
        guard path != folder, try FileSystem.status(path) == nil, let name = path.lastName else {
            return mode
        }
        let parent = try Directory.open(folder)
        do throws(Fault) {
            try parent.makeDirectory(name, mode: 0o700)
            try parent.setMode(mode, of: name)
        } catch  where error.code == .fileExists {
            // Another process made it just now.
        }
        try parent.synchronize()
        return mode
    }
}
