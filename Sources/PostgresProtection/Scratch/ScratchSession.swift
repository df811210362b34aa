internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import SystemPackage

/// How a running scratch server is reached.
struct ScratchSession: Sendable {
    /// The folder of its socket.
    let socket: FilePath
    /// A superuser that only this cluster has.
    let role: String
    /// The programs of its version.
    let programs: any ServerPrograms
    /// Who can enter the folder; nil for this user.
    let account: Account?
    /// Its major version.
    let major: Int

    /// A role for those who only read; it is made when there are any.
    var reader: String { role + "_reader" }

    /// Connects to a database.
    func connect(
        to database: String,
        as role: String? = nil
    ) throws(Fault) -> PostgresConnection {
        try PostgresConnection.connect(
            parameters: [:],
            dsn: text(database, role: role ?? self.role)
        )
    }

    /// A program that works with a database, such as `pg_dump`.
    func command(_ program: String, _ arguments: [String], database: String) -> Command {
        programs.command(
            program,
            arguments: arguments + ["-w", "-d", text(database, role: role)],
            environment: ["LC_ALL": "C", "PATH": "/usr/bin:/bin"],
            account: account,
            directory: socket,
            reach: .folders([socket])
        )
    }

    private func text(_ database: String, role: String) -> String {
        ConnectionText.text([
            "host": socket.string, "port": "5432", "user": role, "dbname": database,
        ])
    }
}
