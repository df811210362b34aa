internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import SystemPackage

/// A data directory, damaged or older, that a restore takes over.
///
/// From the first change on no server starts on it: `global/pg_control` is gone until all is there. `lifeboat/delta` says which
/// cluster it was, so that a restore that was interrupted can be continued.
struct DeltaPlace {
    let path: FilePath
    let base: BaseRecord

    /// What says that a folder is being renewed.
    private static let mark = "lifeboat/delta"
    private static let control = "global/pg_control"

    /// Refuses a folder that is no data directory of the cluster, or that a server runs on; changes nothing.
    ///
    /// - Parameter mayRun: whether a server may run on it, since it is stopped before ``begin(for:)``.
    /// - Throws: `E-RESTORE-DELTA`, `E-PG-FOREIGN`, `E-PG-RUNNING`, `E-IO-…`.
    func examine(mayRun: Bool) throws(Fault) {
        guard try FileSystem.followedStatus(path)?.isDirectory == true else {
            throw refusal("it is no folder", ["Leave --delta out to restore to a new place."])
        }
        let mark = try text(Self.mark).map { Self.line($0) }
        let known = try systemIdentifier() ?? mark
        guard let known else {
            throw refusal(
                "it has no global/pg_control that tells which cluster it is",
                [Self.beside]
            )
        }
        guard known == base.systemID else {
            throw Fault(
                .foreignCluster,
                "unable to renew '\(path.displayed)': it is cluster \(known), the backup is of \(base.systemID)",
                hints: [Self.beside]
            )
        }
        let major = try text("PG_VERSION").map { Self.line($0) }
        guard mark != nil || major == String(base.major) else {
            throw refusal(
                major.map { "it is of PostgreSQL \($0), the backup of \(base.major)" }
                    ?? "it has no PG_VERSION",
                [Self.beside]
            )
        }
        for name in ["base", "global"] where mark == nil {
            guard try status(name)?.isDirectory == true else {
                throw refusal("it has no folder '\(name)'", [Self.beside])
            }
        }
        if !mayRun { try StandstillProof(path: path).require() }
    }

    /// Takes the folder over: after this no server starts on it until the restore has ended.
    ///
    /// - Throws: `E-PG-RUNNING` when one was started meanwhile, which then goes on; `E-IO-…`.
    func begin(for account: Account?) throws(Fault) -> ClusterFolder {
        let folder = try ClusterFolder(taking: path, for: account)
        let control = try folder.contains(Self.control) ? folder.bytes(of: Self.control) : nil
        try folder.makeDirectory("lifeboat")
        try folder.write(Array("\(base.systemID)\n".utf8), to: Self.mark)
        try folder.remove(Self.control)
        try folder.synchronize("global")
        do throws(Fault) { try StandstillProof(path: path).require() } catch {
            if let control { try folder.write(control, to: Self.control) }
            try folder.remove(Self.mark)
            try folder.handOver()
            throw error
        }
        for name in try folder.names(in: "lifeboat") where name.description != "delta" {
            try folder.remove("lifeboat/\(name)")
        }
        return folder
    }

    /// Where the server's link to a tablespace leads; nil when there is none.
    func tablespace(_ oid: UInt32) throws(Fault) -> FileIdentity? {
        guard try status("pg_tblspc/\(oid)")?.kind == .symbolicLink else { return nil }
        return try FileSystem.followedStatus(path.appending("pg_tblspc/\(oid)"))?.identity
    }

    /// Refuses a place for a tablespace that holds something and is not the one that this data directory has.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY`, `E-IO-…`.
    func requireOwn(_ place: FilePath, of oid: UInt32) throws(Fault) {
        if let own = try tablespace(oid), try FileSystem.followedStatus(place)?.identity == own {
            return
        }
        try RestoreDestination.requireVacant(place)
    }

    /// What `pg_control` says; nil when there is none.
    private func systemIdentifier() throws(Fault) -> String? {
        guard let bytes = try bytes(Self.control) else { return nil }
        do throws(Fault) {
            return String(try ControlFile(parsing: bytes).systemIdentifier)
        } catch {
            throw refusal(
                "which cluster it is cannot be told: \(error.message)",
                [Self.beside]
            )
        }
    }

    private func status(_ relative: String) throws(Fault) -> FileStatus? {
        try looking(at: relative) { folder, name throws(Fault) in try folder.status(of: name) }
    }

    private func bytes(_ relative: String) throws(Fault) -> [UInt8]? {
        try looking(at: relative) { folder, name throws(Fault) in
            guard try folder.status(of: name)?.isRegular == true else { return nil }
            return try folder.openFile(name, .read).readAll(limit: ByteCount(1 << 20))
        }
    }

    /// Looks at a name in the folder that holds it, following no symbolic link; nil when there is no such folder.
    private func looking<Value>(
        at relative: String,
        _ body: (borrowing Directory, FileName) throws(Fault) -> Value?
    ) throws(Fault) -> Value? {
        let names = relative.split { $0 == "/" }.compactMap { FileName($0) }
        guard let last = names.last else { return nil }
        var folder = try Directory.open(path)
        for name in names.dropLast() {
            guard try folder.status(of: name)?.isDirectory == true else { return nil }
            folder = try folder.child(name)
        }
        return try body(folder, last)
    }

    private func text(_ relative: String) throws(Fault) -> String? {
        try bytes(relative).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).first.map { String($0) } ?? ""
    }

    private static let beside =
        "Restore beside it: leave --delta out and name another folder with --to."

    private func refusal(_ fact: String, _ hints: [String]) -> Fault {
        Fault(
            .deltaPlace,
            "unable to renew '\(path.displayed)' from a backup: \(fact)",
            hints: hints
        )
    }
}
