public import Foundation
public import Model

/// A real PostgreSQL cluster in a temporary directory, for tests: made, started, stopped and
/// removed here.
///
/// It runs as the user `postgres` when the tests run as root. It listens on a Unix socket in its
/// own directory and trusts everybody there; on loopback it listens, with `scram-sha-256`, only
/// when asked. ``remove()``, or the end of the object's life, stops the server and deletes
/// everything. Used by one task at a time.
public final class PostgresServer: Sendable {
    /// How a server is asked to stop.
    public enum StopMode: String, Sendable {
        /// Waits for clients.
        case smart
        /// Ends sessions, then writes a checkpoint.
        case fast
        /// Stops at once; the next start recovers.
        case immediate
    }

    /// Where `initdb` and the other programs are found unless told otherwise.
    public static let standardBinaries = URL(filePath: "/usr/lib/postgresql/15/bin")

    /// The directory that holds everything.
    public let root: URL
    /// The data directory.
    public let data: URL
    /// The programs.
    public let binaries: URL
    /// The port, in the name of the socket and on loopback.
    public let port: UInt16

    /// libpq's keywords for the superuser, for `PostgresConnection.connect`.
    public var parameters: [String: String] {
        ["host": root.path, "port": String(port), "user": "postgres", "dbname": "postgres"]
    }

    private init(root: URL, binaries: URL, port: UInt16) {
        self.root = root
        self.binaries = binaries
        self.port = port
        data = root.appending(path: "data")
    }

    deinit { remove() }

    /// Makes a cluster; it is not started.
    ///
    /// `settings` are added to `postgresql.conf`, `initdb` to the arguments of `initdb`
    /// (`--wal-segsize=1`).
    /// - Throws: `E-TEST-POSTGRES` with what the program wrote.
    public static func make(
        checksums: Bool = true,
        loopback: Bool = false,
        settings: [String: String] = [:],
        initdb: [String] = [],
        binaries: URL = standardBinaries
    ) throws(Fault) -> PostgresServer {
        let server = try emptyDirectory(loopback: loopback, binaries: binaries)
        var arguments = ["-D", server.data.path, "-U", "postgres", "-A", "trust", "-N"]
        arguments += ["--locale=C.UTF-8", "--encoding=UTF8"] + initdb
        if checksums { arguments.append("--data-checksums") }
        _ = try server.run("initdb", arguments)
        var lines = [
            "unix_socket_directories": "'\(server.root.path)'", "port": "\(server.port)",
            "listen_addresses": loopback ? "'127.0.0.1'" : "''", "fsync": "off",
            "max_wal_senders": "10", "wal_level": "replica",
            // It writes what tests say, when they say it, also where they take long.
            "checkpoint_timeout": "1d",
        ]
        lines.merge(settings) { $1 }
        try server.append(lines.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" })
        return server
    }

    /// A server over a data directory that the test itself fills, such as a restored one.
    ///
    /// Only the root directory and the port exist. Use ``adoptData(settings:)`` before the start.
    public static func emptyDirectory(
        loopback: Bool = false,
        binaries: URL = standardBinaries
    ) throws(Fault) -> PostgresServer {
        let root = URL(filePath: "/tmp/lifeboat-pg-\(UUID().uuidString.prefix(8))")
        FolderGuard.shared.watch(root.path)
        do {
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        } catch {
            throw Fault(.testServer, "unable to make directory '\(root.path)'", cause: error)
        }
        let port = loopback ? FreePort.find() : 5432
        let server = PostgresServer(root: root, binaries: binaries, port: port)
        try server.own(root)
        return server
    }

    /// Makes a filled data directory this server's own: owner, mode, socket and port.
    public func adoptData(settings: [String: String] = [:]) throws(Fault) {
        var lines = ["unix_socket_directories = '\(root.path)'", "port = \(port)"]
        lines += ["listen_addresses = ''", "fsync = off"]
        lines += settings.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
        try append(lines)
        try own(root)
        _ = try execute("/bin/chmod", ["0700", data.path])
    }

    /// Adds lines to `postgresql.conf`.
    public func append(_ lines: [String]) throws(Fault) {
        let path = data.appending(path: "postgresql.conf")
        do {
            let old = try String(contentsOf: path, encoding: .utf8)
            let text = old + "\n" + lines.joined(separator: "\n") + "\n"
            try text.write(to: path, atomically: false, encoding: .utf8)
        } catch {
            throw Fault(.testServer, "unable to write '\(path.path)'", cause: error)
        }
    }

    /// Gives a file or directory to the server's user.
    public func own(_ path: URL) throws(Fault) {
        guard geteuid() == 0 else { return }
        _ = try execute("/bin/chown", ["-R", "-h", "postgres:postgres", path.path])
    }

    /// Starts the server and waits until it answers.
    public func start() throws(Fault) {
        let log = root.appending(path: "server.log").path
        do throws(Fault) {
            _ = try run("pg_ctl", ["-D", data.path, "-l", log, "-w", "-t", "300", "-s", "start"])
        } catch {
            throw Fault(.testServer, "\(error.message); its log: \(serverLog.suffix(2_000))")
        }
    }

    /// Stops the server and waits for its end.
    public func stop(_ mode: StopMode = .fast) throws(Fault) {
        let patience = ["-w", "-t", "300", "-s"]
        let place = pid.map { "/proc/\($0)/cwd" }
        _ = try run("pg_ctl", ["-D", data.path, "-m", mode.rawValue] + patience + ["stop"])
        // It waits for the file with the process id alone, which goes a moment before the process does.
        let limit = ContinuousClock.now + .seconds(60)
        while let place, ContinuousClock.now < limit,
            (try? FileManager.default.destinationOfSymbolicLink(atPath: place)) != nil
        { usleep(2_000) }
    }

    /// Ends the server's first process with SIGKILL, as a power cut does; the others end by
    /// themselves.
    public func kill9() throws(Fault) {
        guard let pid else {
            throw Fault(.testServer, "unable to kill PostgreSQL: it does not run")
        }
        kill(pid, SIGKILL)
        // While the dead process is not cleared away its socket still counts as taken.
        let limit = ContinuousClock.now + .seconds(60)
        while kill(pid, 0) == 0, ContinuousClock.now < limit { usleep(2_000) }
    }

    /// The process id that `postmaster.pid` names; nil when there is none.
    public var pid: Int32? {
        let path = data.appending(path: "postmaster.pid")
        let text = try? String(contentsOf: path, encoding: .utf8)
        return text?.split(separator: "\n").first.flatMap { Int32($0) }
    }

    /// What the server wrote to its log.
    public var serverLog: String {
        let path = root.appending(path: "server.log")
        return (try? String(contentsOf: path, encoding: .utf8)) ?? ""
    }

    /// Runs SQL and gives what `psql` prints: rows in lines, columns between bars.
    @discardableResult
    public func psql(_ sql: String, database: String = "postgres") throws(Fault) -> String {
        let options = ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]
        let text = try run("psql", connectionArguments + options)
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// `-h`, `-p` and `-U`, for the programs that connect.
    public var connectionArguments: [String] {
        ["-h", root.path, "-p", String(port), "-U", "postgres"]
    }

    /// Runs one of the server's programs as its user and gives what it prints.
    ///
    /// - Throws: `E-TEST-POSTGRES` with its output when it does not exit with 0.
    @discardableResult
    public func run(_ tool: String, _ arguments: [String]) throws(Fault) -> String {
        try execute(asServer(tool, arguments))
    }

    /// Starts one of the programs and leaves it running; end it before the server.
    public func launch(_ tool: String, _ arguments: [String]) throws(Fault) -> ChildProgram {
        try child(asServer(tool, arguments))
    }

    /// Stops the server at once and deletes everything.
    public func remove() {
        if pid != nil { try? stop(.immediate) }
        try? FileManager.default.removeItem(at: root)
        FolderGuard.shared.release(root.path)
    }

    private func asServer(_ tool: String, _ arguments: [String]) -> [String] {
        let program = binaries.appending(path: tool).path
        guard geteuid() == 0 else { return [program] + arguments }
        let user = ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
        return ["/usr/bin/setpriv"] + user + [program] + arguments
    }

    private func execute(_ program: String, _ arguments: [String]) throws(Fault) -> String {
        try execute([program] + arguments)
    }

    private func child(
        _ command: [String],
        output: String? = nil
    ) throws(Fault) -> ChildProgram {
        try ChildProgram(
            command,
            environment: ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "TZ": "UTC"],
            directory: root.path,
            output: output
        )
    }

    /// Runs a command to its end; its output goes to a file, since a server that it leaves behind
    /// would hold a pipe open.
    private func execute(_ command: [String]) throws(Fault) -> String {
        let output = root.appending(path: "output-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: output) }
        let status = try child(command, output: output.path).wait()
        let text = (try? Data(contentsOf: output)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard status == 0 else {
            throw Fault(.testServer, "unable to run '\(command.joined(separator: " "))': \(text)")
        }
        return text
    }
}
