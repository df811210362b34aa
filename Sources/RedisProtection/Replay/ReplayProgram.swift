internal import FoundationEssentials
internal import Model
internal import Protection
internal import RedisWire
internal import SystemIO
internal import SystemPackage

/// The server program of this host that replays a log.
struct ReplayProgram: Sendable {
    /// Where it is.
    let path: FilePath
    /// What it says it is.
    let version: ServerVersion

    /// Finds a program that loads a snapshot and writes what the server that it is of loads.
    ///
    /// - Parameters:
    ///   - configured: the only one to look at; nil to look where systems put them, and in `PATH`.
    ///   - rdb: the snapshot.
    /// - Returns: the first that fits.
    /// - Throws: `E-SERVER-MISSING`.
    static func find(_ configured: FilePath?, for rdb: RDBFacts) async throws(Fault) -> Self {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders =
            path.split { $0 == ":" }.map { String($0) }
            + ["/usr/bin", "/usr/local/bin", "/usr/sbin"]
        let name = rdb.isOfValkey ? "valkey-server" : "redis-server"
        let candidates =
            configured.map { [$0] } ?? folders.map { FilePath($0).appending(name) }
        var seen: [String] = []
        for candidate in candidates {
            guard let version = try await version(of: candidate) else { continue }
            if version.writes(rdb), version.knowsTypes(of: rdb) {
                return ReplayProgram(path: candidate, version: version)
            }
            if !seen.contains("\(version)") { seen.append("\(version)") }
        }
        let wanted =
            "\(rdb.isOfValkey ? "Valkey" : "Redis") \(rdb.redisVersion ?? "of its version")"
        let found =
            seen.isEmpty ? "none is on this host" : "here is \(seen.joined(separator: ", "))"
        throw Fault(
            .serverMissing,
            "unable to replay the log with \(wanted): \(found)",
            hints: [
                "Install it (Debian: apt-get install \(rdb.isOfValkey ? "valkey-server" : "redis-server")), or name it: "
                    + "`log: {server: /path/of/\(name)}` of the component.",
                "Without the log a snapshot comes back by its name: --at COMPONENT@NUMBER",
            ]
        )
    }

    private static func version(of program: FilePath) async throws(Fault) -> ServerVersion? {
        guard try FileSystem.followedStatus(program)?.isRegular == true else { return nil }
        let output = try await Command(program, arguments: ["--version"]).runSuccessfully(
            outputLimit: 4096
        )
        return ServerVersion(program: String(decoding: output, as: UTF8.self))
    }
}
