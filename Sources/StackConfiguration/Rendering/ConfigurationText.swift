import Model

/// Writes a configuration as `lifeboat.yaml` text, with the grammar's own words as comments where they are wanted.
struct ConfigurationText {
    private let hasComments: Bool
    private(set) var text = ""

    init(hasComments: Bool) { self.hasComments = hasComments }

    /// Writes the whole of a configuration.
    mutating func write(_ value: StackConfiguration) {
        line(0, "version", "1", Grammar.stack)
        line(0, "stack", YAMLText.scalar(value.stack), Grammar.stack)
        line(0, "environment", YAMLText.scalar(value.environment), Grammar.stack)
        line(0, "host", YAMLText.scalar(value.host), Grammar.stack)
        line(0, "state", YAMLText.scalar(value.state), Grammar.stack)
        if let rule = value.objectives.copies {
            heading(0, "objectives", Grammar.stack)
            line(1, "copies", rule.rawValue, Grammar.objectives)
        }
        heading(0, "keys", Grammar.stack)
        line(1, "recipients", YAMLText.list(value.keys.recipients), Grammar.keys)
        line(1, "identity", value.keys.identity?.description, Grammar.keys)
        let kitTestedWithin = value.keys.kitTestedWithin.map(YAMLText.duration)
        line(1, "kit_tested_within", kitTestedWithin, Grammar.keys)
        heading(0, "copies", Grammar.stack)
        for copy in value.copies {
            put(1, "- \(YAMLText.mapping(copy.entries))")
        }
        heading(0, "components", Grammar.stack)
        for component in value.components { write(component) }
        if let compose = value.compose {
            heading(0, "compose", Grammar.stack)
            line(1, "project", YAMLText.scalar(compose.project), Grammar.compose)
            line(1, "engine", compose.engine.map(YAMLText.scalar), Grammar.compose)
        }
        guard !value.services.isEmpty else { return }
        heading(0, "services", Grammar.stack)
        for service in value.services {
            put(1, "\(YAMLText.scalar(service.name)): \(YAMLText.mapping(service.entries))")
        }
    }

    private mutating func write(_ component: ComponentConfiguration) {
        // It stands in its cluster's component.
        if case .dumps = component.source { return }
        put(1, "\(YAMLText.scalar(component.name)):")
        switch component.source {
        case .postgresql(let postgres): return write(postgres, keep: component.keep)
        case .dumps: return
        case .redis(let redis):
            put(2, "kind: redis")
            line(2, "address", YAMLText.scalar(redis.address.description), Grammar.redis)
            line(2, "user", redis.user.map(YAMLText.scalar), Grammar.redis)
            line(2, "password", redis.password?.description, Grammar.redis)
            line(2, "directory", redis.directory.map(YAMLText.scalar), Grammar.redis)
            line(2, "appendonly", redis.isAppendOnly.map { "\($0)" }, Grammar.redis)
            write(redis.tls)
            let prefersReplica = redis.prefersReplica ? "true" : nil
            line(2, "prefer_replica", prefersReplica, Grammar.redis)
            write(redis.log)
        case .files(let files):
            put(2, "kind: files")
            line(2, "paths", YAMLText.list(files.paths), Grammar.files)
            line(2, "include", Self.optional(files.include), Grammar.files)
            line(2, "exclude", Self.optional(files.exclude), Grammar.files)
        case .configuration(let history): write(history)
        case .secrets(let secrets):
            put(2, "kind: secrets")
            line(2, "paths", YAMLText.list(secrets.paths), Grammar.secrets)
            line(2, "recipients", YAMLText.list(secrets.recipients), Grammar.secrets)
        }
        line(2, "keep", component.keep.map(YAMLText.keep), Grammar.files)
    }

    private mutating func write(_ history: HistoryConfiguration) {
        let keys = Grammar.history
        put(2, "kind: configuration")
        line(2, "path", YAMLText.scalar(history.path), keys)
        line(2, "include", Self.optional(history.include), keys)
        line(2, "exclude", Self.optional(history.exclude), keys)
        guard let remote = history.remote else { return line(2, "remote", nil, keys) }
        heading(2, "remote", keys)
        line(3, "url", YAMLText.scalar(remote.url), Grammar.remote)
        line(3, "key", remote.key?.description, Grammar.remote)
    }

    private mutating func write(_ postgres: PostgresConfiguration, keep: KeepPolicy?) {
        let keys = Grammar.postgresql
        put(2, "kind: postgresql")
        line(2, "dsn", YAMLText.scalar(postgres.dsn), keys)
        line(2, "user", postgres.user.map(YAMLText.scalar), keys)
        line(2, "password", postgres.password?.description, keys)
        line(2, "data_directory", postgres.dataDirectory.map(YAMLText.scalar), keys)
        line(2, "binaries", postgres.binaries.map(YAMLText.scalar), keys)
        line(2, "image", postgres.image.map(YAMLText.scalar), keys)
        line(2, "method", postgres.method.rawValue, keys)
        heading(2, "wal", keys)
        line(3, "stream", "\(postgres.wal.stream)", Grammar.wal)
        line(3, "slot", YAMLText.scalar(postgres.wal.slot), Grammar.wal)
        line(3, "heartbeat", YAMLText.duration(postgres.wal.heartbeat), Grammar.wal)
        line(3, "keep", postgres.wal.keep.map(YAMLText.duration), Grammar.wal)
        line(3, "durable_in", postgres.wal.durableIn.rawValue, Grammar.wal)
        line(3, "spool", postgres.wal.spool.map(YAMLText.scalar), Grammar.wal)
        line(3, "spool_limit", YAMLText.size(postgres.wal.spoolLimit), Grammar.wal)
        heading(2, "base", keys)
        line(3, "keep", keep.map(YAMLText.keep), Grammar.base)
        line(3, "connections", "\(postgres.base.connections)", Grammar.base)
        line(3, "limit", postgres.base.limit.map(YAMLText.rate), Grammar.base)
        write(postgres.base.busy)
        line(2, "migration", Self.optional(postgres.migration), keys)
        guard let logical = postgres.logical else { return line(2, "logical", nil, keys) }
        heading(2, "logical", keys)
        line(3, "databases", Self.optional(logical.databases), Grammar.logical)
        line(3, "globals", "\(logical.hasGlobals)", Grammar.logical)
        line(3, "keep", logical.keep.map(YAMLText.keep), Grammar.logical)
    }

    private mutating func write(_ tls: RedisTLSConfiguration?) {
        guard let tls else { return line(2, "tls", nil, Grammar.redis) }
        guard tls != RedisTLSConfiguration() else { return line(2, "tls", "{}", Grammar.redis) }
        heading(2, "tls", Grammar.redis)
        line(3, "ca", tls.authority.map(YAMLText.scalar), Grammar.redisTLS)
        line(3, "certificate", tls.certificate.map(YAMLText.scalar), Grammar.redisTLS)
        line(3, "key", tls.key.map(YAMLText.scalar), Grammar.redisTLS)
        line(3, "server_name", tls.serverName.map(YAMLText.scalar), Grammar.redisTLS)
    }

    private mutating func write(_ log: RedisLogConfiguration?) {
        guard let log else { return line(2, "log", nil, Grammar.redis) }
        heading(2, "log", Grammar.redis)
        line(3, "stream", "\(log.stream)", Grammar.redisLog)
        line(3, "keep", log.keep.map(YAMLText.duration), Grammar.redisLog)
        line(3, "durable_in", log.durableIn.rawValue, Grammar.redisLog)
        line(3, "server", log.server.map(YAMLText.scalar), Grammar.redisLog)
    }

    private mutating func write(_ busy: BusyConfiguration) {
        guard busy != BusyConfiguration() else {
            return line(3, "busy", nil, Grammar.base)
        }
        heading(3, "busy", Grammar.base)
        line(4, "sessions", busy.sessions.map { "\($0)" }, Grammar.busy)
        line(4, "wait", busy.wait.map(YAMLText.duration), Grammar.busy)
    }

    private static func optional(_ texts: [String]) -> String? {
        texts.isEmpty ? nil : YAMLText.list(texts)
    }

    /// A key with its value; without one, the commented template shows that the key exists.
    private mutating func line(_ depth: Int, _ name: String, _ value: String?, _ keys: [Key]) {
        guard value != nil || hasComments else { return }
        comment(depth, name, keys)
        put(depth, value.map { "\(name): \($0)" } ?? "# \(name):")
    }

    private mutating func heading(_ depth: Int, _ name: String, _ keys: [Key]) {
        if hasComments, depth == 0 { text += "\n" }
        comment(depth, name, keys)
        put(depth, "\(name):")
    }

    private mutating func comment(_ depth: Int, _ name: String, _ keys: [Key]) {
        guard hasComments, let key = keys.first(where: { $0.name == name }) else { return }
        put(depth, "# \(key.summary)")
    }

    private mutating func put(_ depth: Int, _ content: String) {
        text += String(repeating: "  ", count: depth) + content + "\n"
    }
}
