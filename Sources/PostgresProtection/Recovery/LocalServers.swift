internal import FoundationEssentials
public import Model
public import Protection
internal import SystemIO
public import SystemPackage

/// Runs the server programs that are installed on this host.
public struct LocalServers: ServerRuntime {
    private let configured: FilePath?

    /// Looks into one folder only, or into all where systems put them.
    public init(binaries: FilePath?) { configured = binaries }

    /// Looks at the configured folder, else where Debian and Red Hat put them, and in `PATH`.
    ///
    /// - Throws: `E-SERVER-MISSING` when none is of the major version.
    public func postgres(major: Int, image: String? = nil) async throws(Fault) -> any ServerPrograms
    {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let usual = [
            "/usr/lib/postgresql/\(major)/bin", "/usr/pgsql-\(major)/bin",
            "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql@\(major)/bin",
        ]
        let candidates =
            configured.map { [$0] }
            ?? (usual + path.split { $0 == ":" }.map { String($0) }).map { FilePath($0) }
        for folder in candidates where try await Self.isMajor(major, folder) {
            return LocalPrograms(folder: folder)
        }
        throw Fault(
            .serverMissing,
            "unable to recover with PostgreSQL \(major): its server programs are not on this host",
            hints: [
                "Install them (Debian: apt-get install postgresql-\(major)), or set `binaries:` in the configuration.",
                "Or restore everything with --no-recover and start a server on the folder yourself.",
            ]
        )
    }

    private static func isMajor(_ major: Int, _ folder: FilePath) async throws(Fault) -> Bool {
        let program = folder.appending("postgres")
        guard try FileSystem.followedStatus(program)?.isRegular == true else { return false }
        let output = try await Command(program, arguments: ["--version"]).runSuccessfully(
            outputLimit: 4096
        )
        // postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
        let words = String(decoding: output, as: UTF8.self).split { $0 == " " }
        guard words.count >= 3 else { return false }
        return words[2].prefix { $0.isNumber } == String(major)
    }
}
