public import Foundation
import Glibc
public import Model
import Synchronization

/// A real Patroni cluster in a temporary directory, for tests: two nodes and an etcd, on ports of loopback.
///
/// It keeps slot `lifeboat_shop` on whichever node leads. ``remove()``, or the end of the object's life, stops everything
/// and deletes it; the end of the test process does too.
public final class PatroniCluster: Sendable {
    private struct State {
        var etcd: ChildProgram?
        var nodes: [ChildProgram?]
    }

    private static let names = ["a", "b"]
    private static let patience = Duration.seconds(300)

    /// The directory that holds everything.
    public let root: URL
    /// The ports of the nodes' servers.
    public let ports: [UInt16]
    private let etcdPort: UInt16
    private let binaries: URL
    private let state = Mutex(State(etcd: nil, nodes: [nil, nil]))

    /// libpq's keywords for the superuser, for whichever node leads.
    public var parameters: [String: String] {
        [
            "host": "127.0.0.1,127.0.0.1", "port": ports.map { String($0) }.joined(separator: ","),
            "user": "postgres", "dbname": "postgres", "target_session_attrs": "read-write",
        ]
    }

    private init(root: URL, binaries: URL) {
        self.root = root
        self.binaries = binaries
        ports = Self.names.map { _ in FreePort.find() }
        etcdPort = FreePort.find()
    }

    deinit { remove() }

    /// Starts a cluster, and waits until one node leads and the other follows.
    ///
    /// - Throws: `E-TEST-POSTGRES` with what the programs wrote.
    public static func start(
        binaries: URL = PostgresServer.standardBinaries
    ) throws(Fault) -> PatroniCluster {
        let root = URL(filePath: "/tmp/lifeboat-patroni-\(UUID().uuidString.prefix(8))")
        FolderGuard.shared.watch(root.path)
        let cluster = PatroniCluster(root: root, binaries: binaries)
        do {
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
            for (index, name) in names.enumerated() {
                let file = root.appending(path: "\(name).yml")
                try Data(cluster.configuration(index).utf8).write(to: file)
            }
        } catch {
            throw Fault(.testServer, "unable to make directory '\(root.path)'", cause: error)
        }
        if geteuid() == 0 {
            _ = try cluster.run(["/bin/chown", "-R", "postgres:postgres", root.path], asRoot: true)
        }
        try cluster.startStore()
        for index in names.indices { try cluster.startNode(index) }
        _ = try cluster.waitForLeader()
        try cluster.waitForFollower()
        return cluster
    }

    /// Starts a node; one that led before follows again.
    public func startNode(_ index: Int) throws(Fault) {
        let name = Self.names[index]
        let program = ["/usr/bin/patroni", root.appending(path: "\(name).yml").path]
        try state.withLock { state throws(Fault) in
            state.nodes[index] = try child(program, log: "\(name).log")
        }
    }

    /// Ends the node that leads and its server with SIGKILL, as a power cut does, and its lease at once.
    ///
    /// The lease is so long that a machine with much to do does not lose it; nobody waits until it runs out.
    public func killLeader(_ index: Int) throws(Fault) {
        killNode(index)
        let script = """
            import base64, json, sys, urllib.request
            key = base64.b64encode(b"/service/shop/leader").decode()
            urllib.request.urlopen(sys.argv[1], json.dumps({"key": key}).encode(), 60).read()
            """
        let address = "http://127.0.0.1:\(etcdPort)/v3/kv/deleterange"
        _ = try run(["/usr/bin/python3", "-c", script, address])
    }

    private func killNode(_ index: Int) {
        state.withLock { state in
            state.nodes[index]?.signal(SIGKILL)
            state.nodes[index]?.wait()
            state.nodes[index] = nil
        }
        if let pid = serverPID(index) { kill(pid, SIGKILL) }
    }

    /// Lets the other node lead, in an orderly way, and waits until it does.
    public func switchOver(from index: Int) throws(Fault) {
        let file = root.appending(path: "a.yml").path
        let change = [
            "switchover", "--leader", Self.names[index], "--candidate", Self.names[1 - index],
            "--force", "shop",
        ]
        _ = try run(["/usr/bin/patronictl", "-c", file] + change)
        _ = try waitForLeader(but: index)
    }

    /// The node that takes writes, once there is one.
    public func waitForLeader(but other: Int? = nil) throws(Fault) -> Int {
        try wait("a leader") {
            Self.names.indices.first { $0 != other && answers($0, isFollower: false) }
        }
    }

    /// Waits until a node follows the one that leads and has replayed all of it.
    public func waitForFollower() throws(Fault) {
        let sql = """
            select count(*) = 1 and bool_and(replay_lsn >= pg_current_wal_lsn())
            from pg_stat_replication where application_name in ('a', 'b') and state = 'streaming'
            """
        _ = try wait("a follower") { (try? psql(sql)) == "t" ? true : nil }
    }

    /// Runs SQL on the node that leads and gives what `psql` prints.
    @discardableResult
    public func psql(_ sql: String) throws(Fault) -> String {
        let text = parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            .joined(separator: " ")
        return try psql(sql, text)
    }

    /// What the nodes wrote to their logs last.
    public var log: String {
        Self.names.map { name in
            let path = root.appending(path: "\(name).log")
            let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
            return "\(name): \(text.suffix(1500))"
        }
        .joined(separator: "\n")
    }

    /// Stops everything at once and deletes it.
    public func remove() {
        for index in Self.names.indices { killNode(index) }
        state.withLock { state in
            state.etcd?.signal(SIGKILL)
            state.etcd?.wait()
            state.etcd = nil
        }
        let limit = ContinuousClock.now + .seconds(30)
        while FileManager.default.fileExists(atPath: root.path), ContinuousClock.now < limit {
            // What a killed server leaves running ends within moments, and may write until then.
            try? FileManager.default.removeItem(at: root)
            usleep(10_000)
        }
        FolderGuard.shared.release(root.path)
    }

    private func startStore() throws(Fault) {
        let client = "http://127.0.0.1:\(etcdPort)"
        let peer = "http://127.0.0.1:\(FreePort.find())"
        let program = [
            "/usr/bin/etcd", "--data-dir", root.appending(path: "etcd").path,
            "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
            "--initial-cluster", "default=\(peer)", "--unsafe-no-fsync",
        ]
        try state.withLock { state throws(Fault) in
            state.etcd = try child(program, log: "etcd.log")
        }
        let port = etcdPort
        _ = try wait("etcd") { LoopbackSocket.canConnect(to: port) ? true : nil }
    }

    private func configuration(_ index: Int) -> String {
        let rest = FreePort.find()
        let name = Self.names[index]
        return """
            scope: shop
            name: \(name)
            restapi: {listen: '127.0.0.1:\(rest)', connect_address: '127.0.0.1:\(rest)'}
            etcd3: {hosts: '127.0.0.1:\(etcdPort)'}
            bootstrap:
              dcs:
                ttl: 120
                loop_wait: 1
                retry_timeout: 50
                slots: {lifeboat_shop: {type: physical}}
                postgresql:
                  use_pg_rewind: true
                  parameters: {wal_keep_size: 256MB, fsync: 'off', wal_level: replica}
              initdb: [{encoding: UTF8}, {locale: C.UTF-8}, data-checksums]
              pg_hba: ['local all all trust', 'local replication all trust',
                'host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust']
            postgresql:
              listen: '127.0.0.1:\(ports[index])'
              connect_address: '127.0.0.1:\(ports[index])'
              data_dir: \(root.path)/\(name)
              bin_dir: \(binaries.path)
              pgpass: \(root.path)/\(name).pgpass
              use_unix_socket: true
              parameters: {unix_socket_directories: \(root.path)}
              authentication:
                superuser: {username: postgres}
                replication: {username: postgres}

            """
    }

    private func answers(_ index: Int, isFollower: Bool) -> Bool {
        let target = "host=127.0.0.1 port=\(ports[index]) user=postgres dbname=postgres"
        return (try? psql("select pg_is_in_recovery()", target)) == (isFollower ? "t" : "f")
    }

    private func psql(_ sql: String, _ target: String) throws(Fault) -> String {
        let program = binaries.appending(path: "psql").path
        let options = ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", target, "-c", sql]
        return try run([program] + options).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func serverPID(_ index: Int) -> Int32? {
        let path = root.appending(path: "\(Self.names[index])/postmaster.pid")
        let text = try? String(contentsOf: path, encoding: .utf8)
        return text?.split(separator: "\n").first.flatMap { Int32($0) }
    }

    private func wait<Value>(
        _ what: String,
        for body: () -> Value?
    ) throws(Fault) -> Value {
        let limit = ContinuousClock.now + Self.patience
        while ContinuousClock.now < limit {
            if let value = body() { return value }
            usleep(100_000)
        }
        throw Fault(.testServer, "unable to see \(what) in the Patroni cluster: \(log)")
    }

    private func child(
        _ command: [String],
        log: String,
        asRoot: Bool = false
    ) throws(Fault) -> ChildProgram {
        let user = ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
        let isChanged = geteuid() == 0 && !asRoot
        return try ChildProgram(
            (isChanged ? ["/usr/bin/setpriv"] + user : []) + command,
            environment: ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "TZ": "UTC"],
            directory: root.path,
            output: root.appending(path: log).path
        )
    }

    private func run(_ command: [String], asRoot: Bool = false) throws(Fault) -> String {
        let name = "output-\(UUID().uuidString)"
        let output = root.appending(path: name)
        defer { try? FileManager.default.removeItem(at: output) }
        let status = try child(command, log: name, asRoot: asRoot).wait()
        let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        guard status == 0 else {
            throw Fault(.testServer, "unable to run '\(command.joined(separator: " "))': \(text)")
        }
        return text
    }
}
