// From an examined section to the value; nothing can be wrong here any more.
extension StackConfiguration {
    init(_ section: Section, machine: String) {
        let stack = section.required("stack")
        let keys = section.section("keys")
        let recipients = keys.list("recipients")
        self.init(
            stack: stack,
            environment: section.required("environment"),
            host: section.text("host") ?? machine,
            state: section.text("state"),
            objectives: ObjectiveConfiguration(
                copies: section.section("objectives").text("copies")
                    .flatMap(ObjectiveConfiguration.CopyRule.init(rawValue:))
            ),
            keys: KeyConfiguration(
                recipients: recipients,
                identity: keys.secret("identity"),
                kitTestedWithin: keys.text("kit_tested_within").flatMap(ScalarForm.duration)
            ),
            copies: section.sections("copies").map { name, copy in
                CopyConfiguration(name: name, copy)
            },
            components: section.sections("components").flatMap { name, component in
                let source = ComponentConfiguration.Source(
                    component,
                    stack: stack,
                    recipients: recipients
                )
                let keep = component.section("base").keep("keep") ?? component.keep("keep")
                return ComponentConfiguration(name: name, source: source, keep: keep).withDumps
            },
            compose: ComposeConfiguration(section.section("compose")),
            services: section.sections("services").map { name, service in
                ServiceConfiguration(name: name, service)
            }
        )
    }
}

extension ComponentConfiguration {
    /// It, and the component that its `logical:` makes.
    fileprivate var withDumps: [ComponentConfiguration] {
        guard case .postgresql(let postgres) = source, let logical = postgres.logical else {
            return [self]
        }
        let dumps = ComponentConfiguration(
            name: LogicalConfiguration.componentName(of: name),
            source: .dumps(postgres, logical),
            keep: logical.keep
        )
        return [self, dumps]
    }
}

extension ComponentConfiguration.Source {
    fileprivate init(_ section: Section, stack: String, recipients: [String]) {
        switch section.required("kind") {
        case "postgresql": self = .postgresql(PostgresConfiguration(section, stack: stack))
        case "redis": self = .redis(RedisConfiguration(section))
        case "files":
            self = .files(
                FilesConfiguration(
                    paths: section.list("paths"),
                    include: section.list("include"),
                    exclude: section.list("exclude")
                )
            )
        case "configuration": self = .configuration(HistoryConfiguration(section))
        case "secrets":
            let own = section.list("recipients")
            let all = own.isEmpty ? recipients : own
            self = .secrets(SecretsConfiguration(paths: section.list("paths"), recipients: all))
        default: preconditionFailure("the grammar has no other kind")
        }
    }
}

extension PostgresConfiguration {
    fileprivate init(_ section: Section, stack: String) {
        let wal = section.section("wal")
        let base = section.section("base")
        let busy = base.section("busy")
        let logical = section.section("logical")
        self.init(
            dsn: section.required("dsn"),
            user: section.text("user"),
            password: section.secret("password"),
            dataDirectory: section.text("data_directory"),
            binaries: section.text("binaries"),
            image: section.text("image"),
            method: section.text("method").flatMap(Method.init(rawValue:)) ?? .auto,
            base: BaseConfiguration(
                connections: base.text("connections").flatMap(ScalarForm.count) ?? 4,
                limit: base.text("limit").flatMap(ScalarForm.rate),
                busy: BusyConfiguration(
                    sessions: busy.text("sessions").flatMap(ScalarForm.count),
                    wait: busy.text("wait").flatMap(ScalarForm.duration)
                )
            ),
            wal: WALConfiguration(
                stream: wal.text("stream") != "false",
                slot: wal.text("slot") ?? WALConfiguration.defaultSlot(of: stack),
                heartbeat: wal.text("heartbeat").flatMap(ScalarForm.duration) ?? .seconds(10),
                keep: wal.text("keep").flatMap(ScalarForm.duration),
                durableIn: wal.text("durable_in")
                    .flatMap(WALConfiguration.Durability.init(rawValue:)) ?? .anyCopy,
                spool: wal.text("spool"),
                spoolLimit: wal.text("spool_limit").flatMap(ScalarForm.size)
                    ?? WALConfiguration.defaultSpoolLimit
            ),
            logical: section.values["logical"].map { _ in
                LogicalConfiguration(
                    databases: logical.list("databases"),
                    hasGlobals: logical.text("globals") != "false",
                    keep: logical.keep("keep")
                )
            },
            migration: section.list("migration")
        )
    }
}

extension HistoryConfiguration {
    fileprivate init(_ section: Section) {
        self.init(
            path: section.required("path"),
            include: section.list("include"),
            exclude: section.list("exclude"),
            remote: section.values["remote"].map { _ in
                let remote = section.section("remote")
                return Remote(url: remote.required("url"), key: remote.secret("key"))
            }
        )
    }
}

extension RedisConfiguration {
    fileprivate init(_ section: Section) {
        guard let address = RedisAddress(section.required("address")) else {
            preconditionFailure("an examined address can be read")
        }
        let tls = section.section("tls")
        let log = section.section("log")
        self.init(
            address: address,
            user: section.text("user"),
            password: section.secret("password"),
            directory: section.text("directory"),
            isAppendOnly: section.text("appendonly").map { $0 == "true" },
            tls: section.values["tls"].map { _ in
                RedisTLSConfiguration(
                    authority: tls.text("ca"),
                    certificate: tls.text("certificate"),
                    key: tls.text("key"),
                    serverName: tls.text("server_name")
                )
            },
            prefersReplica: section.text("prefer_replica") == "true",
            log: section.values["log"].map { _ in
                RedisLogConfiguration(
                    stream: log.text("stream") != "false",
                    keep: log.text("keep").flatMap(ScalarForm.duration),
                    durableIn: log.text("durable_in")
                        .flatMap { WALConfiguration.Durability(rawValue: $0) } ?? .anyCopy,
                    server: log.text("server")
                )
            }
        )
    }
}
