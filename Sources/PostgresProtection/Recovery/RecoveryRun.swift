internal import Glibc
internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Starts a server of this host on a laid-out cluster, lets it replay to the target and promote, and stops it cleanly.
///
/// The server listens on nothing but a socket in a folder that only its account can enter, and archives nothing.
struct RecoveryRun {
    let folder: ClusterFolder
    let base: BaseRecord
    let binaries: FilePath?
    let target: RecoveryTarget
    let state: FilePath

    /// What a recovery did.
    struct Result {
        /// The last transaction that was replayed.
        let lastTransaction: Instant?
        /// What happened, in words.
        let lines: [String]
    }

    /// Runs recovery to its end.
    ///
    /// - Throws: `E-RECOVERY-FAILED` with the server's own words when it does not reach the target, `E-SERVER-MISSING`.
    func run() async throws(Fault) -> Result {
        let programs = try await ServerBinaries(major: base.major, configured: binaries)
        let room = FilePath("/tmp/lifeboat-\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
        let work = ClusterFolder(path: room, account: folder.account)
        try FileSystem.makeDirectories(room, mode: 0o700)
        try work.own(room)
        do throws(Fault) {
            let log = try await serve(programs, work: work)
            try FileSystem.removeTree(room)
            return try result(log)
        } catch {
            try? FileSystem.removeTree(room)
            throw error
        }
    }

    private func serve(_ programs: ServerBinaries, work: ClusterFolder) async throws(Fault)
        -> RecoveryLog
    {
        try work.write(Array("local all all trust\n".utf8), to: "hba.conf")
        try work.write([], to: "ident.conf")
        let logPath = work.path.appending("server.log")
        var command = Command(
            programs.folder.appending("postgres"),
            arguments: try arguments(work),
            environment: ["LC_ALL": "C", "PATH": "/usr/bin:/bin"],
            account: folder.account,
            workingDirectory: folder.path
        )
        command.patience = .seconds(60)
        let ended = try await command.spawn(log: logPath) { child async throws(Fault) in
            while true {
                let exit = try child.wait(upTo: .milliseconds(100))
                let log = try readLog(logPath)
                if log.isReady {
                    try child.terminate(SIGINT)
                    return (log, try child.wait())
                }
                if let exit { return (log, exit) }
                guard !Task.isCancelled else {
                    throw Fault(.cancelled, "unable to finish recovery: it was cancelled")
                }
            }
        }
        let (log, status) = ended.value
        guard log.isReady, status == .exited(0) else {
            throw Fault(
                .recoveryFailed,
                "unable to recover '\(folder.path)': \(log.failure ?? "the server ended (\(status))")",
                hints: [
                    "The folder is as the server left it; restore again to another place or another point."
                ]
            )
        }
        return log
    }

    private func readLog(_ path: FilePath) throws(Fault) -> RecoveryLog {
        let file = try Descriptor.open(path, .read)
        let size = try file.status().size
        // The lines that matter come at the end.
        let start = max(0, size - (256 << 10))
        let bytes = try file.read(upTo: 256 << 10, at: start)
        return RecoveryLog(String(decoding: bytes, as: UTF8.self))
    }

    private func arguments(_ work: ClusterFolder) throws(Fault) -> [String] {
        var settings = [
            "listen_addresses=", "unix_socket_directories=\(work.path)", "port=5432",
            "hba_file=\(work.path)/hba.conf", "ident_file=\(work.path)/ident.conf",
            "archive_mode=off", "logging_collector=off", "log_destination=stderr", "ssl=off",
            "lc_messages=C", "log_timezone=UTC", "synchronous_standby_names=",
            "external_pid_file=", "log_min_messages=warning",
        ]
        if try FileSystem.status(folder.path.appending("postgresql.conf")) == nil {
            // Some systems keep the configuration elsewhere; then these floors are what recovery needs of it.
            let floors = ServerProfile.floors.compactMap { name in
                base.snapshot.head.facts["setting.\(name)"].map { "\(name) = \($0)\n" }
            }
            try work.write(Array(floors.joined().utf8), to: "postgresql.conf")
            settings.append("config_file=\(work.path)/postgresql.conf")
        }
        return ["-D", folder.path.string] + settings.flatMap { ["-c", $0] }
    }

    private func result(_ log: RecoveryLog) throws(Fault) -> Result {
        var lines = ["recovered with PostgreSQL \(base.major); the folder starts as it is"]
        if let stopping = log.stopping { lines.append(stopping) }
        if case .time(let moment) = target {
            guard log.stopping != nil else {
                throw Fault(
                    .recoveryFailed,
                    "unable to recover '\(folder.path)': the server did not stop at the target"
                )
            }
            if let last = log.lastTransaction, last > moment {
                throw Fault(
                    .recoveryFailed,
                    "unable to recover '\(folder.path)': a transaction of \(last), after the target, was replayed"
                )
            }
        }
        if let last = log.lastTransaction {
            lines.append("last transaction: \(last.rfc3339(digits: 6))")
        }
        return Result(lastTransaction: log.lastTransaction, lines: lines)
    }
}
