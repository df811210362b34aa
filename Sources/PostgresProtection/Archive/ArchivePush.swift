public import Model
public import Protection
internal import PostgresWire
internal import SystemIO
public import SystemPackage
internal import Vault

/// What `archive_command` does with one file: makes it durable in the spool, then takes what is there to the vault.
public struct ArchivePush: Sendable {
    /// What became of the file.
    public enum Outcome: Sendable {
        /// The vault holds it.
        case stored
        /// It is durable in the spool, and not in the vault yet; why.
        case spooled(String)
        /// Nothing of it is needed.
        case ignored
    }

    private let spool: WALSpool
    private let dataDirectory: FilePath
    private let vaultSource: @Sendable () async throws(Fault) -> String?
    private let open: @Sendable () async throws(Fault) -> BackupContext

    /// Prepares it.
    ///
    /// `dataDirectory`: where the server runs its commands.
    /// `vaultSource`: whose log the vault holds; needs no key.
    /// `open`: the vault, the keys and what else it takes to store something.
    public init(
        _ spool: WALSpool,
        dataDirectory: FilePath,
        vaultSource: @escaping @Sendable () async throws(Fault) -> String?,
        open: @escaping @Sendable () async throws(Fault) -> BackupContext
    ) {
        self.spool = spool
        self.dataDirectory = dataDirectory
        self.vaultSource = vaultSource
        self.open = open
    }

    /// Takes a file; when this returns the server may forget it.
    ///
    /// Again with the same file is success. A vault that is away, or keys that only another user may read, cost nothing but
    /// room in the spool; `lifeboat run`, or a later push, brings it on.
    ///
    /// - Throws: `E-WAL-FORM`, `E-WAL-DIFFERS`, `E-PG-FOREIGN`, `E-PG-VERSION`, `E-WAL-SPOOL`, `E-IO-…`; what opening the vault throws
    ///   as long as nobody knows whose log the spool takes. Then the server must keep the file.
    public func run(_ path: FilePath) async throws(Fault) -> Outcome {
        let name = path.lastName?.description ?? ""
        guard ArchiveName(name) != .backupNote else { return .ignored }
        let bytes = try DurableFile.read(path, limit: WALSpool.fileLimit)
        try await requireSource(name, bytes)
        if try spool.path(of: name) == nil { try await makeRoom(for: bytes.count, name) }
        try spool.put(name, bytes)
        return try await drain(name)
    }

    /// Refuses what is no log file, and one of another cluster.
    private func requireSource(_ name: String, _ bytes: [UInt8]) async throws(Fault) {
        var own = ClusterIdentity.of(dataDirectory)
        switch ArchiveName(name) {
        case .segment?, .partial?:
            let header = try ArchivedFile.identified(
                name,
                Array(bytes.prefix(SegmentHeader.size)),
                length: bytes.count
            ).1
            own = String(header.systemIdentifier)
        case .history(let timeline)?:
            _ = try TimelineHistory(timeline: timeline, parsing: bytes)
        case .backupNote?, nil:
            throw Fault(
                .walForm,
                "unable to take log file '\(name)': no server names one so",
                hints: [
                    "Hand over the server's own files: archive_command = 'lifeboat wal push %p'"
                ]
            )
        }
        guard let known = try await knownSource() else {
            // The vault holds no log yet, so it becomes this cluster's.
            if let own { try spool.setSource(own) }
            return
        }
        if let own, own != known { throw ArchivedFile.foreign(name, own, expected: known) }
    }

    private func knownSource() async throws(Fault) -> String? {
        if let known = try spool.source() { return known }
        let known: String?
        do throws(Fault) {
            known = try await vaultSource()
        } catch {
            throw error.adding(
                hint:
                    "It must be there once, so that another cluster's log can be refused from then on; `lifeboat run` does it too."
            )
        }
        if let known { try spool.setSource(known) }
        return known
    }

    private func makeRoom(for count: Int, _ name: String) async throws(Fault) {
        guard try spool.room() < Int64(count) else { return }
        var obstacle: Fault?
        do throws(Fault) {
            if let lock = try spool.lock() {
                obstacle = await SpoolDrain(spool, try await open()).run().obstacle
                lock.release()
            }
        } catch { obstacle = error }
        guard try spool.room() < Int64(count) else { return }
        throw Fault(
            .spoolFull,
            "unable to take log file '\(name)': spool '\(spool.folder.displayed)' is full, with \(spool.limit)"
                + (obstacle.map { "; \($0.message)" } ?? ""),
            hints: [
                "Find out why the vault does not take it: lifeboat doctor. Then: lifeboat run",
                "The server keeps the file and tries again; `wal: {spool_limit: …}` makes the spool larger.",
            ],
            cause: obstacle
        )
    }

    /// Takes what waits to the vault, unless another process is at it.
    private func drain(_ name: String) async throws(Fault) -> Outcome {
        let report: SpoolDrain.Report
        do throws(Fault) {
            guard let lock = try spool.lock() else {
                return .spooled("another process takes it to the vault")
            }
            report = await SpoolDrain(spool, try await open()).run()
            lock.release()
        } catch { return .spooled(error.message) }
        // It was not acknowledged yet, so the server still has it, and hears why.
        if let refusal = report.refused.first(where: { $0.name == name }) { throw refusal.fault }
        if let obstacle = report.obstacle { return .spooled(obstacle.message) }
        return report.waiting > 0 ? .spooled("a copy that must hold it is away") : .stored
    }
}
