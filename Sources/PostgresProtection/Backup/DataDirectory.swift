internal import Model
internal import PostgresWire
internal import SystemIO
internal import SystemPackage

/// The data directory of a server, proven to be readable here and to be this server's own.
struct DataDirectory {
    /// Where it is.
    let path: FilePath

    /// How long after its first sign of life a server may say that it started.
    private static let startTolerance: Int64 = 120

    /// Finds out whether the files can be read directly.
    ///
    /// That the folder is this server's and not a copy's (a standby has the same identity) is proven by the start of the
    /// server: `postmaster.pid` tells it, and so does SQL.
    /// - Throws: `E-PG-…` or `E-IO-…` when SQL, the data directory or a tablespace cannot be reached, `E-PG-FOREIGN`
    ///   when the folder is another server's.
    init(_ settings: PostgresSettings, server: ServerProfile) throws(Fault) {
        let sql = try server.requireSQL()
        guard let directory = settings.dataDirectory ?? sql.dataDirectory.map({ FilePath($0) })
        else {
            throw Fault(
                .postgresBackup,
                "unable to read the files directly: the data directory is not known",
                hints: ["Set `data_directory:` in the configuration."]
            )
        }
        path = directory
        let root = try Directory.open(directory)
        let control = try Self.wholeControlFile(of: directory)
        guard String(control.systemIdentifier) == server.systemID else {
            throw Self.foreign(directory, "it is the folder of another cluster")
        }
        let lock = try root.bytes(of: name("postmaster.pid"))
        let lines = String(decoding: lock, as: UTF8.self).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        guard lines.count > 2, let started = Int64(lines[2]),
            (0...Self.startTolerance).contains(sql.started.seconds - started)
        else {
            throw Self.foreign(directory, "the server that runs there is not the one that answers")
        }
        try server.require(BackupFunction.forDirectReads)
        let links = try root.child(name("pg_tblspc"))
        for tablespace in sql.tablespaces {
            let link = name(String(tablespace.oid))
            if tablespace.isInPlace {
                _ = try links.child(link)
            } else {
                _ = try Directory.open(FilePath(bytes: try links.readLink(link)))
            }
        }
    }

    /// The control file as it is now; it may be caught in the middle of a write.
    func controlFile() throws(Fault) -> [UInt8] { try Self.controlFile(of: path) }

    /// Proves again, when a backup has begun, that the folder is not a still copy: the checkpoint that began it is there.
    ///
    /// - Throws: `E-PG-FOREIGN`.
    func proveCheckpoint(of start: BackupStart) throws(Fault) {
        guard try Self.wholeControlFile(of: path).redo >= start.position else {
            throw Self.foreign(path, "the checkpoint that began the backup is not there")
        }
    }

    private static func controlFile(of directory: FilePath) throws(Fault) -> [UInt8] {
        try Directory.open(directory).child(name("global")).bytes(of: name("pg_control"))
    }

    /// The control file, read until its checksum fits.
    private static func wholeControlFile(of directory: FilePath) throws(Fault) -> ControlFile {
        var attempts = 0
        while true {
            attempts += 1
            let bytes = try controlFile(of: directory)
            do throws(Fault) {
                return try ControlFile(parsing: bytes)
            } catch  where attempts < 100 && error.code == .postgresFormat { continue }
        }
    }

    private static func foreign(_ directory: FilePath, _ fact: String) -> Fault {
        Fault(
            .foreignCluster,
            "unable to read the files directly from '\(directory)': \(fact)",
            hints: ["Correct `data_directory:` in the configuration."]
        )
    }
}

/// A name that the code itself knows to be one.
private func name(_ text: String) -> FileName {
    guard let name = FileName(text) else { preconditionFailure("'\(text)' is a file name") }
    return name
}

extension Directory {
    /// The bytes of a small file.
    func bytes(of name: FileName) throws(Fault) -> [UInt8] {
        let file = try openFile(name, .read)
        return try file.readAll(limit: ByteCount(1 << 20))
    }
}
