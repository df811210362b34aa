internal import Glibc
internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import SystemPackage

/// A server on a recovered cluster that is thrown away afterwards, for as long as something is read from it.
///
/// Like a ``RecoveryServer`` it reads none of the cluster's own settings and starts nothing of it. It listens on a socket
/// within its data directory, which nobody but its account can enter, and dies with Lifeboat.
struct ScratchServer {
    /// The data directory; its server stands still.
    let data: FilePath
    /// The programs of its version.
    let programs: any ServerPrograms
    /// Whose it is and who runs it; nil for this user.
    let account: Account?
    /// Its major version.
    let major: Int
    /// A directory of this host for the server's log, a file without a name.
    let state: FilePath

    /// The longest path of a socket that the system takes.
    private static let longestSocket = 107

    /// Starts the server, does some work with it, and stops it.
    ///
    /// - Throws: `E-RECOVERY-FAILED` with the server's words when it does not start; `E-VALUE` when the folder's path is too long for a
    ///   socket; what the work throws.
    func serve<Value: Sendable>(
        _ work: (ScratchSession) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let folder = try ClusterFolder(taking: data, for: account)
        let session = ScratchSession(
            socket: data.appending("\(RestoreScript.folder)/run"),
            role: "lifeboat_" + Hexadecimal.encode(RandomBytes.make(8)),
            programs: programs,
            account: folder.account,
            major: major
        )
        try requireShort(session.socket)
        let control = try ControlFile(parsing: try folder.bytes(of: "global/pg_control"))
        try prepare(folder)
        try await makeRole(session.role, folder, control)
        let file = try Descriptor.anonymous(in: state)
        var command = try command([], folder, control)
        command.patience = .seconds(5)
        let ended = try await command.spawn(appendingTo: file) { child async throws(Fault) in
            while true {
                let exit = try child.wait(upTo: .milliseconds(20))
                let log = try RecoveryServer.log(file)
                if log.isReady { break }
                if exit != nil { throw failure(log.failure ?? "the server ended") }
                try Cancellation.check("start a server on '\(data.displayed)'")
            }
            do throws(Fault) {
                let value = try await work(session)
                try end(child)
                return value
            } catch {
                // The first fault is the one to tell.
                try? end(child)
                throw error
            }
        }
        return ended.value
    }

    /// Ends the server without a checkpoint, which nobody would read.
    private func end(_ child: ChildProcess) throws(Fault) {
        try child.terminate(SIGQUIT)
        _ = try child.wait(upTo: .seconds(10))
    }

    private func requireShort(_ socket: FilePath) throws(Fault) {
        guard socket.string.utf8.count + "/.s.PGSQL.5432".utf8.count <= Self.longestSocket else {
            throw Fault(
                .invalidValue,
                "unable to run a server on '\(data.displayed)': its socket would have too long a path",
                hints: ["Name a folder with a shorter path with --scratch."]
            )
        }
    }

    private func prepare(_ folder: ClusterFolder) throws(Fault) {
        try folder.makeDirectory(RestoreScript.folder)
        try folder.makeDirectory("\(RestoreScript.folder)/run")
        let own = RestoreScript.folder
        try folder.write(Array("local all all trust\n".utf8), to: "\(own)/hba.conf")
        try folder.write([], to: "\(own)/ident.conf")
        try folder.write([], to: "\(own)/postgresql.conf")
        // A server reads this one wherever its configuration is.
        try folder.write([], to: "postgresql.auto.conf")
        try folder.handOver()
    }

    /// Makes the role that works here, with a server of one session, which needs no role itself.
    private func makeRole(
        _ role: String,
        _ folder: ClusterFolder,
        _ control: ControlFile
    ) async throws(Fault) {
        let result = try await command(["--single"], folder, control, database: ["template1"]).run(
            input: Array("CREATE ROLE \(SQLText.identifier(role)) SUPERUSER LOGIN\n".utf8),
            outputLimit: 1 << 20
        )
        let lines = result.errorText.split(whereSeparator: \.isNewline)
        let isBad = lines.contains { line in
            ["ERROR:  ", "FATAL:  ", "PANIC:  "].contains { line.contains($0) }
        }
        guard result.status.isSuccess, !isBad else {
            let words = RecoveryLog.messages(result.errorText).last ?? "\(result.status)"
            throw failure(words)
        }
    }

    private func command(
        _ manner: [String],
        _ folder: ClusterFolder,
        _ control: ControlFile,
        database: [String] = []
    ) throws(Fault) -> Command {
        let settings = settings + control.capacities
        return programs.command(
            "postgres",
            arguments: manner + ["-D", data.string]
                + settings.flatMap { ["-c", "\($0.name)=\($0.value)"] } + database,
            environment: ["LC_ALL": "C", "PATH": "/usr/bin:/bin"],
            account: folder.account,
            directory: data,
            reach: .folders(try folder.places())
        )
    }

    private var settings: [(name: String, value: String)] {
        let own = data.appending(RestoreScript.folder)
        return [
            ("config_file", "\(own)/postgresql.conf"), ("data_directory", data.string),
            ("hba_file", "\(own)/hba.conf"), ("ident_file", "\(own)/ident.conf"),
            ("external_pid_file", ""), ("listen_addresses", ""), ("port", "5432"),
            // Below the data directory, where the server runs.
            ("unix_socket_directories", "\(RestoreScript.folder)/run"),
            ("unix_socket_permissions", "0700"), ("ssl", "off"), ("logging_collector", "off"),
            ("log_destination", "stderr"), ("lc_messages", "C"), ("log_timezone", "UTC"),
            ("log_min_messages", "warning"), ("log_min_error_statement", "panic"),
            ("archive_mode", "off"), ("shared_preload_libraries", ""),
            ("session_preload_libraries", ""), ("local_preload_libraries", ""),
            ("max_logical_replication_workers", "0"), ("max_wal_senders", "0"),
            ("synchronous_standby_names", ""), ("autovacuum", "off"), ("fsync", "off"),
            ("max_connections", "20"),
        ]
    }

    private func failure(_ fact: String) -> Fault {
        Fault(
            .recoveryFailed,
            "unable to run a server on '\(data.displayed)': \(fact)",
            hints: ["Restore everything with --to DIRECTORY and take from it what you need."]
        )
    }
}
