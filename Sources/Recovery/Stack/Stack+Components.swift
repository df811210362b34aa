internal import FileProtection
internal import Model
internal import PostgresProtection
internal import Protection
internal import RedisProtection
internal import RedisWire
internal import Sealing
internal import StackConfiguration
internal import SystemPackage

// The one place where what is configured becomes what protects it.
extension Stack {
    /// A component, with the secrets that reaching its source needs.
    ///
    /// - Parameters:
    ///   - configured: what the configuration says of it.
    ///   - options: how it will be restored; nil when it will be backed up.
    /// - Returns: the component.
    /// - Throws: what ``SecretResolver/text(_:)`` throws, `E-UNSUPPORTED`, and what the component
    ///   says of its settings.
    func component(
        _ configured: ComponentConfiguration,
        for options: RestoreOptions? = nil
    ) async throws(Fault) -> any Component {
        switch configured.source {
        case .postgresql(let postgres):
            return try await component(configured.name, postgres, for: options)
        case .dumps(let postgres, let logical):
            return PostgresDumps(
                name: configured.name,
                settings: try await settings(postgres, isReached: options == nil),
                databases: logical.databases,
                hasGlobals: logical.hasGlobals,
                runtime: StackServers(self, of: cluster(of: configured.name), postgres)
            )
        case .redis(let redis):
            return try await component(configured.name, redis, for: options)
        case .files(let files):
            return try FilesComponent(
                name: configured.name,
                roots: files.paths.map { FilePath($0) },
                include: files.include,
                exclude: files.exclude,
                own: ownPlaces
            )
        case .configuration(let history):
            return try component(configured.name, history, for: options)
        case .secrets(let secrets):
            var recipients: [AgeRecipient] = []
            for text in secrets.recipients { recipients.append(try AgeRecipient(text)) }
            return try SecretsComponent(
                name: configured.name,
                paths: secrets.paths.map { FilePath($0) },
                recipients: recipients,
                restoreSealed: options?.keepsSealed ?? false,
                own: ownPlaces
            )
        }
    }

    /// A server, or what goes into it while it runs.
    private func component(
        _ name: String,
        _ redis: RedisConfiguration,
        for options: RestoreOptions?
    ) async throws(Fault) -> any Component {
        let wish = options?.redis
        var server = RedisComponent(
            name: name,
            address: try await address(redis, isReached: options == nil || wish?.isLive == true),
            directory: redis.directory.map { FilePath($0) },
            isAppendOnly: redis.isAppendOnly,
            prefersReplica: redis.prefersReplica,
            replayProgram: redis.log?.server.map { FilePath($0) }
        )
        server.expiries = wish?.mode ?? .keep
        guard let wish, wish.isLive else { return server }
        var take: RedisLive.SafetyCopy?
        if wish.hasSafetyCopy {
            let copy = SafetyCopy(self, of: name)
            take = { point, progress async throws(Fault) in
                try await copy.take(before: point, progress)
            }
        }
        return RedisLive(
            server,
            selection: try wish.selection(),
            listen: wish.listen,
            safetyCopy: take
        )
    }

    /// A cluster, a standby of it, or one thing that comes back out of it.
    private func component(
        _ name: String,
        _ postgres: PostgresConfiguration,
        for options: RestoreOptions?
    ) async throws(Fault) -> any Component {
        let thing = try options?.thing?.thing()
        let standby = options?.standby
        let isReached = options == nil || standby != nil || thing?.place.isLive == true
        let settings = try await settings(postgres, isReached: isReached)
        let cluster = PostgresComponent(
            name: name,
            settings: settings,
            recovers: standby == nil && (thing != nil || options?.recovers ?? true),
            runtime: StackServers(self, of: name, postgres)
        )
        if let standby {
            let primary = try PrimaryAddress(
                standby.primary,
                slot: standby.slot,
                user: settings.user,
                password: settings.parameters["password"]
            )
            return PostgresStandby(of: cluster, following: primary)
        }
        guard let thing else { return cluster }
        return try PostgresExtract(cluster: cluster, thing: thing)
    }

    /// The component of the cluster that some dumps are of.
    private func cluster(of dumps: String) -> String {
        configuration.components.map(\.name).first {
            LogicalConfiguration.componentName(of: $0) == dumps
        } ?? dumps
    }

    /// A folder of configuration with its history; none of the stack's secrets gets into it.
    private func component(
        _ name: String,
        _ history: HistoryConfiguration,
        for options: RestoreOptions?
    ) throws(Fault) -> ConfigurationComponent {
        let secretFiles = configuration.components.flatMap { component in
            if case .secrets(let secrets) = component.source { secrets.paths } else { [String]() }
        }
        let secrets = secrets
        let remote = history.remote.map { remote in
            GitRemote(remote.url) { () async throws(Fault) in
                guard let key = remote.key else { return nil }
                return try await secrets.text(key)
            }
        }
        return try ConfigurationComponent(
            name: name,
            path: FilePath(history.path),
            include: history.include,
            exclude: history.exclude,
            secretFiles: secretFiles.map { FilePath($0) },
            remote: remote,
            restoresHistory: options?.bringsHistory ?? false,
            others: options.map { filesOfOthers(than: name, $0.components) } ?? [],
            own: ownPlaces
        )
    }

    /// The files and secrets that come back together with a component, when those of some names do; all when none is named.
    private func filesOfOthers(than name: String, _ names: [String]) -> [FilePath] {
        configuration.components.flatMap { component -> [String] in
            guard component.name != name, names.isEmpty || names.contains(component.name) else {
                return []
            }
            return switch component.source {
            case .files(let files): files.paths
            case .secrets(let secrets): secrets.paths
            default: []
            }
        }.map { FilePath($0) }
    }

    /// What belongs to Lifeboat itself on this host: never part of a snapshot.
    var ownPlaces: [FilePath] {
        var places = [state]
        for copy in configuration.copies {
            if case .directory(let path) = copy.address { places.append(FilePath(path)) }
        }
        if case .file(let path) = configuration.keys.identity { places.append(FilePath(path)) }
        if let kit { places.append(kit) }
        return places
    }

    /// How a PostgreSQL server is reached.
    ///
    /// - Parameters:
    ///   - configured: what the configuration says of it.
    ///   - isReached: whether the server will be talked to, so that its password is needed: a
    ///     restore on an empty host must not fail for want of it.
    /// - Returns: the settings, the password among them.
    /// - Throws: what ``SecretResolver/text(_:)`` throws.
    func settings(
        _ configured: PostgresConfiguration,
        isReached: Bool
    ) async throws(Fault) -> PostgresSettings {
        var parameters: [String: String] = [:]
        if let user = configured.user { parameters["user"] = user }
        if isReached, let password = configured.password {
            parameters["password"] = try await secrets.text(password)
        }
        let method: PostgresSettings.Method =
            switch configured.method {
            case .auto: .auto
            case .direct: .direct
            case .sql: .sql
            case .replication: .replication
            }
        var settings = PostgresSettings(
            dsn: configured.dsn,
            parameters: parameters,
            dataDirectory: configured.dataDirectory.map { FilePath($0) },
            binaries: configured.binaries.map { FilePath($0) },
            method: method,
            connections: configured.base.connections,
            limit: configured.base.limit,
            busy: BackOff.Bounds(
                sessions: configured.base.busy.sessions,
                wait: configured.base.busy.wait
            ),
            slot: configured.wal.stream ? configured.wal.slot : nil,
            heartbeat: configured.wal.heartbeat
        )
        settings.allowsUntested = allowsUntestedVersions
        return settings
    }

    private func address(
        _ configured: RedisConfiguration,
        isReached: Bool
    ) async throws(Fault) -> RedisWire.RedisAddress {
        var password: String?
        if isReached, let reference = configured.password {
            password = try await secrets.text(reference)
        }
        let endpoint: RedisEndpoint
        var security: RedisTLS?
        switch configured.address {
        case .socket(let path): endpoint = .socket(path: path)
        case .tcp(let host, let port, let tls):
            if tls {
                let configured = configured.tls
                security = RedisTLS(
                    authority: configured?.authority,
                    certificate: configured?.certificate,
                    key: configured?.key,
                    serverName: configured?.serverName
                )
            }
            endpoint = .tcp(host: host, port: port)
        }
        return RedisWire.RedisAddress(
            endpoint: endpoint,
            user: configured.user,
            password: password,
            tls: security
        )
    }
}
