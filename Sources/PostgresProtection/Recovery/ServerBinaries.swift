internal import FoundationEssentials
internal import Model
internal import SystemIO
internal import SystemPackage

/// Where the programs of one major version of PostgreSQL are on this host.
struct ServerBinaries {
    /// The folder with `postgres` in it.
    let folder: FilePath

    /// Looks at the configured folder, where Debian and Red Hat put them, and in `PATH`.
    ///
    /// - Throws: `E-SERVER-MISSING` when none is of the major version.
    init(major: Int, configured: FilePath?) async throws(Fault) {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let usual = [
            "/usr/lib/postgresql/\(major)/bin", "/usr/pgsql-\(major)/bin",
            "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql@\(major)/bin",
        ]
        let candidates =
            configured.map { [$0] }
            ?? (usual + path.split { $0 == ":" }.map { String($0) }).map { FilePath($0) }
        for folder in candidates where try await Self.isMajor(major, folder) {
            self.folder = folder
            return
        }
        throw Fault(
            .serverMissing,
            "unable to recover with PostgreSQL \(major): its server programs are not on this host",
            hints: [
                "Install them (Debian: apt-get install postgresql-\(major)), or set `binaries:` in the configuration.",
                "Or restore with --no-recover and start a server on the folder yourself.",
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
