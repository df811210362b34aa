internal import Glibc
internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import SystemPackage

/// A server of this host on a laid-out cluster, which does nothing but recover it.
///
/// It reads none of the cluster's own settings: those may name other folders, libraries that are not here, commands, a
/// primary or publishers. It takes no connection, archives nothing, starts no worker of an extension and asks no other server.
/// Everything that it needs beside the cluster lies in `lifeboat/` of the data directory, and goes with it.
struct RecoveryServer {
    let folder: ClusterFolder
    let programs: any ServerPrograms
    let control: ControlFile
    let recovery: RecoverySettings

    /// Writes what the server needs beside the cluster.
    func prepare() throws(Fault) {
        try folder.makeDirectory("lifeboat/run")
        try folder.write(Array("local all all reject\n".utf8), to: "lifeboat/hba.conf")
        try folder.write([], to: "lifeboat/ident.conf")
        try folder.write([], to: "lifeboat/postgresql.conf")
    }

    /// Runs it until recovery has ended, then stops it; its log goes to a file that has no name.
    func serve(logIn state: FilePath) async throws(Fault) -> (log: RecoveryLog, status: ExitStatus)
    {
        let file = try Descriptor.anonymous(in: state)
        var command = try command("postgres", ["-D", folder.path.string] + arguments)
        command.patience = .seconds(60)
        let ended = try await command.spawn(appendingTo: file) { child async throws(Fault) in
            while true {
                let exit = try child.wait(upTo: .milliseconds(100))
                let log = try Self.log(file)
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
        return (ended.value.0, ended.value.1)
    }

    /// Asks the recovered cluster, whose server stands still, for one text; nil when the answer is NULL.
    ///
    /// A server of one session does it, which needs no role and listens nowhere.
    ///
    /// - Throws: `E-COMMAND-FAILED` with the server's words.
    func text(_ query: String) async throws(Fault) -> String? {
        let output = try await command(
            "postgres",
            ["--single", "-D", folder.path.string] + arguments + ["template1"]
        ).runSuccessfully(input: Array((query + "\n").utf8), outputLimit: 1 << 20)
        // `1: name = "value"`, a TAB, `(typeid = 25, …)`
        let text = String(decoding: output, as: UTF8.self)
        guard let start = text.firstRange(of: " = \""),
            let end = text[start.upperBound...].firstRange(of: "\"\t(typeid = ")
        else { return nil }
        return String(text[start.upperBound..<end.lowerBound])
    }

    /// What the cluster's own configuration sets a parameter to, as a server that somebody starts on the folder will read it.
    ///
    /// - Throws: `E-COMMAND-FAILED` with the server's words when it cannot read it.
    func configured(_ name: String) async throws(Fault) -> String {
        let result = try await command("postgres", ["-D", folder.path.string, "-C", name])
            .run(outputLimit: 64 << 10)
        guard result.status.isSuccess else {
            let words = RecoveryLog.messages(result.errorText).joined(separator: "; ")
            throw Fault(
                .commandFailed,
                "unable to read the configuration of '\(folder.path.displayed)': \(words)"
            )
        }
        return String(decoding: result.output, as: UTF8.self).split(whereSeparator: \.isNewline)
            .first.map { String($0) } ?? ""
    }

    private func command(
        _ program: String,
        _ arguments: [String]
    ) throws(Fault) -> Command {
        programs.command(
            program,
            arguments: arguments,
            environment: ["LC_ALL": "C", "PATH": "/usr/bin:/bin"],
            account: folder.account,
            directory: folder.path,
            reach: .folders(try folder.places())
        )
    }

    static func log(_ file: borrowing Descriptor) throws(Fault) -> RecoveryLog {
        // The lines that matter come at the end.
        let start = max(0, try file.status().size - (256 << 10))
        let bytes = try file.read(upTo: 256 << 10, at: start)
        return RecoveryLog(String(decoding: bytes, as: UTF8.self))
    }

    private var arguments: [String] {
        settings.flatMap { ["-c", "\($0.name)=\($0.value)"] }
    }

    private var settings: [(name: String, value: String)] {
        let own = folder.path.appending(RestoreScript.folder)
        return [
            ("config_file", "\(own)/postgresql.conf"), ("data_directory", folder.path.string),
            ("hba_file", "\(own)/hba.conf"), ("ident_file", "\(own)/ident.conf"),
            ("external_pid_file", ""), ("listen_addresses", ""), ("port", "5432"),
            // Below the data directory, where the server runs: the path of a socket must be short.
            ("unix_socket_directories", "\(RestoreScript.folder)/run"), ("ssl", "off"),
            ("logging_collector", "off"), ("log_destination", "stderr"), ("lc_messages", "C"),
            ("log_timezone", "UTC"), ("log_min_messages", "warning"), ("archive_mode", "off"),
            ("shared_preload_libraries", ""), ("session_preload_libraries", ""),
            ("local_preload_libraries", ""), ("max_logical_replication_workers", "0"),
            ("synchronous_standby_names", ""), ("autovacuum", "off"), ("hot_standby", "off"),
            ("track_commit_timestamp", control.tracksCommitTimestamps ? "on" : "off"),
        ] + control.capacities + recovery.values
    }
}
