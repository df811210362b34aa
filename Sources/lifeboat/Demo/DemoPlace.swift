import FoundationEssentials
import Glibc
import Model
import SystemIO
import SystemPackage

/// The temporary folder of a demonstration.
///
/// ```
/// lifeboat-demo-1f2e3d4c/
///   stack/{postgres,redis,files}/  stack/.env    what is protected, and lost
///   run/       sockets of the servers            servers/   their logs
///   state/     what Lifeboat keeps on the host; lost with the stack
///   vault/  kit.txt                              what survives
///   lifeboat.yaml                                lost too; the kit has a copy
///   ledger.ndjson                                what the demonstration itself wrote down
/// ```
struct DemoPlace: Sendable {
    /// The folder.
    let root: FilePath
    /// Who runs PostgreSQL, which refuses to run as root; nil: we do.
    let account: Account?

    /// The whole stack.
    var stack: FilePath { root.appending("stack") }
    /// The folder of PostgreSQL.
    var postgres: FilePath { stack.appending("postgres") }
    /// The data directory of PostgreSQL.
    var postgresData: FilePath { postgres.appending("data") }
    /// The data of Redis.
    var redis: FilePath { stack.appending("redis") }
    /// The file tree.
    var files: FilePath { stack.appending("files") }
    /// The file with secrets.
    var secrets: FilePath { stack.appending(".env") }
    /// The sockets.
    var sockets: FilePath { root.appending("run") }
    /// The socket of Redis.
    var redisSocket: FilePath { sockets.appending("redis.sock") }
    /// The logs of the servers.
    var serverLogs: FilePath { root.appending("servers") }
    /// What Lifeboat keeps on the host.
    var state: FilePath { root.appending("state") }
    /// The copy.
    var vault: FilePath { root.appending("vault") }
    /// The recovery kit.
    var kit: FilePath { root.appending("kit.txt") }
    /// The configuration.
    var configuration: FilePath { root.appending("lifeboat.yaml") }
    /// The ledger.
    var ledger: FilePath { root.appending("ledger.ndjson") }

    /// What a demonstration needs at its peak: two copies of the data, the log twice, the vault.
    private static let room = ByteCount(2 << 30)
    /// A socket's path has at most 107 bytes, and `run/.s.PGSQL.5432` belongs to it.
    private static let longest = 60

    /// Makes the folder, below `$TMPDIR` when that is fit, else below `/var/tmp`.
    ///
    /// - Throws: `E-DEMO-PLACE` when there is not enough room, `E-ACCOUNT-MISSING`, `E-IO-…`.
    static func make() throws(Fault) -> DemoPlace {
        let account = try geteuid() == 0 ? Account.named("postgres") : nil
        let base = try base()
        let free = try FileSystem.freeSpace(at: base)
        guard free >= room else {
            throw Fault(
                .demoPlace,
                "unable to use '\(base.displayed)': \(free) is free there, and \(room) is needed",
                hints: ["Name a larger place: TMPDIR=/some/where lifeboat demo"]
            )
        }
        let name = "lifeboat-demo-\(Hexadecimal.encode(RandomBytes.make(4)))"
        let place = DemoPlace(root: base.appending(name), account: account)
        do throws(Fault) {
            try place.makeFolders()
        } catch {
            try? place.remove()
            throw error
        }
        return place
    }

    /// Removes everything.
    func remove() throws(Fault) { try FileSystem.removeTree(root) }

    /// Makes a folder that only PostgreSQL's user can enter, and we.
    func makePostgresFolder(_ path: FilePath) throws(Fault) {
        try FileSystem.makeDirectories(path, mode: 0o700)
        try own(path)
    }

    private func makeFolders() throws(Fault) {
        // PostgreSQL's user passes through; what matters lies in folders of its owner alone.
        try FileSystem.makeDirectories(root, mode: 0o711)
        try FileSystem.makeDirectories(stack, mode: 0o711)
        try makePostgresFolder(postgres)
        try makePostgresFolder(sockets)
        try makePostgresFolder(serverLogs)
        try FileSystem.makeDirectories(redis, mode: 0o700)
        try FileSystem.makeDirectories(files, mode: 0o755)
    }

    private func own(_ path: FilePath) throws(Fault) {
        guard let account, let name = path.lastName else { return }
        try Directory.open(path.parent).setOwner(account.uid, group: account.gid, of: name)
    }

    private static func base() throws(Fault) -> FilePath {
        let variable = ProcessInfo.processInfo.environment["TMPDIR"]
        for text in [variable, "/var/tmp", "/tmp"] {
            guard let text, text.hasPrefix("/"), text.utf8.count <= longest else { continue }
            let path = FilePath(text)
            if try isFit(path) { return try FileSystem.resolved(path) }
        }
        throw Fault(
            .demoPlace,
            "unable to find a temporary folder: none that other users can pass through is there",
            hints: ["Name one: TMPDIR=/some/where lifeboat demo"]
        )
    }

    /// Whether it is a folder, and everybody can pass through it and those above it.
    private static func isFit(_ path: FilePath) throws(Fault) -> Bool {
        var folder = path
        while true {
            guard let status = try FileSystem.followedStatus(folder), status.isDirectory,
                status.mode & 0o001 != 0 || geteuid() != 0
            else { return false }
            if folder.parent == folder { return true }
            folder = folder.parent
        }
    }
}
