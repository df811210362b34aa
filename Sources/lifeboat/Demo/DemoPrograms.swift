import FoundationEssentials
import Model
import SystemIO
import SystemPackage

/// The server programs of this host.
struct DemoPrograms: Sendable {
    /// The folder of PostgreSQL's programs.
    let postgres: FilePath
    /// PostgreSQL's version, such as `15.18`.
    let postgresVersion: String
    /// `redis-server`.
    let redis: FilePath
    /// Its version.
    let redisVersion: String

    private static let hint = "Install them: apt-get install postgresql redis-server"

    /// Looks where Debian and Red Hat put them, newest PostgreSQL first, and in `PATH`.
    ///
    /// - Throws: `E-DEMO-PROGRAM`, `E-COMMAND-…`.
    static func find() async throws(Fault) -> DemoPrograms {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
            .split(separator: ":").map { FilePath(String($0)) }
        let usual = (13...18).reversed().flatMap { major in
            [FilePath("/usr/lib/postgresql/\(major)/bin"), FilePath("/usr/pgsql-\(major)/bin")]
        }
        let postgres = try folder(of: "initdb", in: usual + path)
        let redis = try folder(of: "redis-server", in: path + ["/usr/bin", "/usr/local/bin"])
            .appending("redis-server")
        return DemoPrograms(
            postgres: postgres,
            postgresVersion: try await version(postgres.appending("postgres"), after: " "),
            redis: redis,
            redisVersion: try await version(redis, after: "v=")
        )
    }

    private static func folder(
        of program: String,
        in folders: [FilePath]
    ) throws(Fault) -> FilePath {
        for folder in folders {
            // A folder that we may not look into has no program for us.
            let status = try? FileSystem.followedStatus(folder.appending(program))
            if status?.isRegular == true { return folder }
        }
        throw Fault(
            .demoProgram,
            "unable to run the demonstration: '\(program)' is not on this host",
            hints: [hint]
        )
    }

    /// The first number in `postgres (PostgreSQL) 15.18 (…)` and `Redis server v=7.0.15 …`.
    private static func version(
        _ program: FilePath,
        after mark: String
    ) async throws(Fault) -> String {
        let output = try await Command(program, arguments: ["--version"])
            .runSuccessfully(outputLimit: 4096)
        let text = String(decoding: output, as: UTF8.self)
        for piece in text.split(separator: mark) {
            let version = piece.prefix { $0.isNumber || $0 == "." }
            if !version.isEmpty { return String(version) }
        }
        return "of an unknown version"
    }
}
