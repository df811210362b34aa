internal import Model
internal import RedisWire

/// What a running server is, as far as a restore into it must know.
struct LiveTarget: Sendable {
    let version: ServerVersion
    /// How many keys it holds in all databases.
    let keys: Int64
    /// How many function libraries it holds; 0 too before Redis 7, which has none.
    let functions: Int64
    /// How many databases it has; nil when the user may not ask.
    let databases: Int?
    /// Whether it has any module; nil when nobody asked or the user may not.
    let hasModules: Bool?
    /// Its `maxmemory`, where the data took more than that; nil otherwise.
    let evictionBound: ByteCount?

    /// Whether a restore of all data takes something from it.
    var isEmpty: Bool { keys == 0 && functions == 0 }

    /// What that is, in words.
    var contents: String {
        functions == 0 ? "\(keys) keys" : "\(keys) keys and \(functions) function libraries"
    }

    /// Asks the server, and refuses one that cannot be restored into whatever the data is.
    ///
    /// The data may be unknown yet; `isReplaced` is whether all that the server holds is replaced.
    ///
    /// - Throws: `E-REDIS-TARGET`, what talking to the server throws.
    static func ask(
        _ component: RedisComponent,
        _ rdb: RDBFacts?,
        isReplaced: Bool
    ) async throws(Fault) -> LiveTarget {
        try await RedisConnection.with(component.address, patience: component.patience) {
            connection async throws(Fault) in
            try await LiveTarget(connection, component, rdb, isReplaced)
        }
    }

    private init(
        _ connection: RedisConnection,
        _ component: RedisComponent,
        _ rdb: RDBFacts?,
        _ isReplaced: Bool
    ) async throws(Fault) {
        let info = try await connection.info("server")
        guard let version = ServerVersion(info: info) else {
            throw Self.refusal(component, "it does not say which version it is")
        }
        self.version = version
        keys = Self.keys(try await connection.info("keyspace")).values.reduce(0, +)
        let settings = try await ServerReport.permitted { () async throws(Fault) in
            try await connection.configuration("databases")
        }
        databases = settings?["databases"].flatMap { Int($0) }
        if let rdb, !rdb.modules.isEmpty {
            let list = try await ServerReport.permitted { () async throws(Fault) in
                try await connection.command(RedisCommand("MODULE", "LIST"))
            }
            hasModules = list.map { $0 != .array([]) }
        } else {
            hasModules = nil
        }
        let memory = try await connection.info("memory")
        functions = memory["number_of_libraries"].flatMap { Int64($0) } ?? 0
        let bound = memory["maxmemory"].flatMap { Int64($0) } ?? 0
        evictionBound =
            bound > 0 && bound < rdb?.usedMemory?.bytes ?? 0 ? ByteCount(bound) : nil
        try await Self.requireMaster(connection, component, isReplaced)
        if isReplaced { try await Self.requireUnwatched(connection, component) }
    }

    /// The keys of each database, of the fields of `INFO keyspace`.
    static func keys(_ info: [String: String]) -> [Int: Int64] {
        var counts: [Int: Int64] = [:]
        for (name, text) in info where name.hasPrefix("db") {
            guard let number = Int(name.dropFirst(2)), text.hasPrefix("keys="),
                let count = Int64(text.dropFirst(5).prefix { $0.isNumber })
            else { continue }
            counts[number] = count
        }
        return counts
    }

    private static func requireMaster(
        _ connection: RedisConnection,
        _ component: RedisComponent,
        _ isReplaced: Bool
    ) async throws(Fault) {
        guard let replication = RedisReplication(info: try await connection.info("replication"))
        else { throw refusal(component, "it does not say whether it is a master") }
        if let link = replication.link {
            throw refusal(
                component,
                link.text,
                link.isUp ? "Restore into \(link.master)." : RedisReplication.Link.release
            )
        }
        if isReplaced, !replication.replicas.isEmpty {
            throw refusal(
                component,
                "\(replication.replicas.count) of its replicas would lose their data with it",
                "Detach them first, or restore into the files of the stopped server."
            )
        }
        // It takes the keys of its own slots from anybody, and says of each other one where it belongs.
        guard isReplaced else { return }
        let cluster = try await connection.info("cluster")
        if cluster["cluster_enabled"] == "1" {
            throw refusal(component, "it is a node of a cluster", Self.waysOut)
        }
    }

    private static let waysOut =
        "Choose keys (--prefix '' is all), or restore into the files of the stopped server."

    /// Refuses a server whose synchronisation somebody else would disturb or that we cannot serve.
    private static func requireUnwatched(
        _ connection: RedisConnection,
        _ component: RedisComponent
    ) async throws(Fault) {
        guard component.address.tls == nil else {
            throw refusal(
                component,
                "its connections are encrypted, and it would fetch the data over one that is not",
                Self.waysOut
            )
        }
        let settings = try await ServerReport.permitted { () async throws(Fault) in
            try await connection.configuration("tls-replication")
        }
        if settings?["tls-replication"] == "yes" {
            throw refusal(
                component,
                "it replicates over TLS only (tls-replication)",
                Self.waysOut
            )
        }
        let clients = try await ServerReport.permitted { () async throws(Fault) in
            try await connection.command(RedisCommand("CLIENT", "LIST")).text
        }
        if let clients = clients.flatMap({ $0 }), clients.contains("name=sentinel-") {
            throw refusal(
                component,
                "a Sentinel watches it and would undo this half-way",
                "Stop the Sentinels first, or restore into the files of the stopped server."
            )
        }
    }

    /// Refuses data that the server would not load.
    ///
    /// - Throws: `E-REDIS-VERSION`, `E-REDIS-TARGET`.
    func check(_ rdb: RDBFacts, name: String) throws(Fault) {
        guard version.loads(rdb) else {
            let writer = rdb.redisVersion.map { "\(rdb.isOfValkey ? "Valkey" : "Redis") \($0)" }
            throw Fault(
                .redisVersion,
                "unable to restore '\(name)': \(version) does not load what \(writer ?? "a newer server") wrote (RDB version \(rdb.version))",
                hints: ["Restore into a server that is as new, and of the same kind."]
            )
        }
        let greatest = rdb.databases.keys.max() ?? 0
        guard greatest < databases ?? 16 else {
            throw Self.refusal(
                name,
                "the snapshot has keys in database \(greatest), and the server has \(databases ?? 16)",
                "Set `databases` in redis.conf, and restart it."
            )
        }
        guard rdb.modules.isEmpty || hasModules == true else {
            throw Self.refusal(
                name,
                "the snapshot has data of modules (\(rdb.modules.sorted().joined(separator: ", "))), and the server has none",
                hasModules == nil
                    ? "Allow the user to ask: redis-cli ACL SETUSER <user> '+module|list'"
                    : "Load them first."
            )
        }
    }

    private static func refusal(
        _ component: RedisComponent,
        _ fact: String,
        _ hint: String? = nil
    ) -> Fault { refusal(component.name, fact, hint) }

    private static func refusal(_ name: String, _ fact: String, _ hint: String? = nil) -> Fault {
        Fault(
            .redisTarget,
            "unable to restore into the running server of '\(name)': \(fact)",
            hints: hint.map { [$0] } ?? []
        )
    }
}
