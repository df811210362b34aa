import Glibc
import Model
import PostgresWire
import SystemIO
import SystemPackage

/// The throw-away PostgreSQL of a demonstration; it listens on a socket in a private folder only.
struct DemoPostgres: Sendable {
    /// The database of the stack.
    static let database = "callcenter"

    let place: DemoPlace
    let programs: DemoPrograms

    /// How it is reached, as a connection string.
    var address: String { "host=\(place.sockets.string) port=5432 dbname=\(Self.database)" }
    /// The superuser.
    let user = "postgres"

    /// Makes the cluster, with page checksums.
    func initialise() async throws(Fault) {
        let arguments = [
            "-D", place.postgresData.string, "-U", user, "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--data-checksums", "--no-sync",
        ]
        do throws(Fault) {
            _ = try await command("initdb", arguments).runSuccessfully(outputLimit: 1 << 16)
        } catch {
            // Told to end, the program fails with words of its own.
            try DemoClock.checkCancellation()
            throw error
        }
        let settings = """
            listen_addresses = ''
            unix_socket_directories = '\(place.sockets.string)'
            max_wal_size = '2GB'
            shared_buffers = '64MB'
            timezone = 'UTC'
            log_timezone = 'UTC'
            """
        let file = try Descriptor.open(place.postgresData.appending("postgresql.conf"), .write)
        try file.appendAlways()
        try file.write(Array(("\n" + settings + "\n").utf8))
        try file.close()
    }

    /// Runs the server while something is done with it; whatever happens, it does not outlive that.
    ///
    /// - Throws: `E-DEMO-SERVER` when it does not start; what the work throws.
    func serve<Value: Sendable>(
        _ body: (DemoServer) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let log = place.serverLogs.appending("postgres.log")
        let command = command("postgres", ["-D", place.postgresData.string])
        return try await command.spawn(log: log) { child async throws(Fault) in
            let server = DemoServer(child: child)
            do throws(Fault) {
                try await server.ready(log: log) { () throws(Fault) in
                    try connect(to: "postgres").close()
                }
                let value = try await body(server)
                // The data is done with: nothing is worth a checkpoint.
                try server.end(with: SIGQUIT)
                return value
            } catch {
                try? server.end(with: SIGQUIT)
                throw error
            }
        }.value
    }

    /// A connection.
    func connect(to database: String = database) throws(Fault) -> PostgresConnection {
        try PostgresConnection.connect(
            parameters: [
                "host": place.sockets.string, "port": "5432", "user": user, "dbname": database,
            ],
            applicationName: "demo"
        )
    }

    /// Reads every page of the stopped cluster and checks its checksum with the server's own tool.
    func verifyPages() async throws(Fault) {
        let arguments = ["--check", "-D", place.postgresData.string]
        _ = try await command("pg_checksums", arguments).runSuccessfully(outputLimit: 1 << 16)
    }

    private func command(_ program: String, _ arguments: [String]) -> Command {
        Command(
            programs.postgres.appending(program),
            arguments: arguments,
            environment: ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "TZ": "UTC"],
            account: place.account,
            workingDirectory: place.postgres
        )
    }
}
