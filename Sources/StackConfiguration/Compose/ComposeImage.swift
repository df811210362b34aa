/// What an image is, as far as its name tells.
enum ComposeImage: Hashable {
    /// A PostgreSQL server of a major version, if the tag names one.
    case postgresql(major: Int?)
    /// A Redis or Valkey server.
    case redis
    /// A server whose files mean nothing while it runs, and that Lifeboat has no component for; its name for people.
    case otherDatabase(String)
    /// Anything else.
    case other

    private static let postgres: Set<String> = [
        "postgres", "postgresql", "pgvector", "postgis", "timescaledb", "timescaledb-ha",
        "pgvecto-rs",
        "paradedb", "vectorchord-postgres", "vchord-postgres", "citus",
    ]
    private static let redisNames: Set<String> = [
        "redis", "valkey", "redis-stack", "redis-stack-server", "valkey-bundle",
    ]
    private static let databases = [
        "mysql": "MySQL", "mariadb": "MariaDB", "percona": "MySQL", "mongo": "MongoDB",
        "mongodb": "MongoDB", "clickhouse-server": "ClickHouse", "clickhouse": "ClickHouse",
        "elasticsearch": "Elasticsearch", "opensearch": "OpenSearch", "influxdb": "InfluxDB",
        "cassandra": "Cassandra", "scylla": "ScyllaDB", "couchdb": "CouchDB", "neo4j": "Neo4j",
        "rabbitmq": "RabbitMQ", "kafka": "Kafka", "qdrant": "Qdrant", "weaviate": "Weaviate",
        "milvus": "Milvus", "etcd": "etcd", "keydb": "KeyDB", "dragonfly": "Dragonfly",
        "mssql-server": "SQL Server", "server-ce": "Couchbase", "meilisearch": "Meilisearch",
        "typesense": "Typesense", "chroma": "Chroma", "arangodb": "ArangoDB",
        "rethinkdb": "RethinkDB", "surrealdb": "SurrealDB", "questdb": "QuestDB",
        "zookeeper": "ZooKeeper", "nats": "NATS", "victoria-metrics": "VictoriaMetrics",
    ]
    /// Where servers keep their data in a container, whatever their image is called.
    private static let places: [(path: String, image: ComposeImage)] = [
        ("/var/lib/postgresql", .postgresql(major: nil)),
        ("/bitnami/postgresql", .postgresql(major: nil)),
        ("/var/lib/mysql", .otherDatabase("MySQL")), ("/data/db", .otherDatabase("MongoDB")),
        ("/var/lib/rabbitmq", .otherDatabase("RabbitMQ")),
        ("/var/lib/clickhouse", .otherDatabase("ClickHouse")),
        ("/usr/share/elasticsearch/data", .otherDatabase("Elasticsearch")),
        ("/usr/share/opensearch/data", .otherDatabase("OpenSearch")),
        ("/qdrant/storage", .otherDatabase("Qdrant")),
        ("/var/lib/cassandra", .otherDatabase("Cassandra")),
        ("/var/lib/influxdb", .otherDatabase("InfluxDB")),
        ("/var/lib/weaviate", .otherDatabase("Weaviate")),
    ]

    /// What each service of a file runs, by name: what its image says, else what its command and its mounts say.
    ///
    /// One that only sees the files of another server, to copy them, is none itself.
    static func all(in file: ComposeFile) -> [String: ComposeImage] {
        var images: [String: ComposeImage] = [:]
        for service in file.services { images[service.name] = ComposeImage(service.image) }
        let known = file.services.filter { images[$0.name] != .other }.flatMap(\.mounts)
            .map(\.source)
        for service in file.services where images[service.name] == .other {
            let own = service.mounts.filter { !$0.isReadOnly && !known.contains($0.source) }
            if let place = places.first(where: { place in
                own.contains { ComposeTrees.holds(place.path, $0.target) }
            }) {
                images[service.name] = place.image
            } else if service.command.contains(where: {
                $0 == "redis-server" || $0 == "valkey-server"
            }) {
                images[service.name] = .redis
            }
        }
        return images
    }

    /// Judges `[REGISTRY/][OWNER/]NAME[:TAG][@DIGEST]`.
    init(_ image: String) {
        let plain = image.split(separator: "@").first.map(String.init) ?? ""
        let last = plain.split(separator: "/").last.map(String.init) ?? ""
        let parts = last.split(separator: ":", maxSplits: 1).map(String.init)
        let name = (parts.first ?? "").lowercased()
        if Self.postgres.contains(name) {
            self = .postgresql(major: parts.count > 1 ? Self.major(parts[1]) : nil)
        } else if Self.redisNames.contains(name) {
            self = .redis
        } else if let known = Self.databases[name] {
            self = .otherDatabase(known)
        } else {
            self = .other
        }
    }

    /// Whether it is a server that there is no component for.
    var isOtherDatabase: Bool {
        if case .otherDatabase = self { true } else { false }
    }

    /// The first number of a tag, with or without `pg` before it: `16-alpine`, `pg16`, `0.8.0-pg17`.
    private static func major(_ tag: String) -> Int? {
        let parts = tag.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "." }
        for part in parts where part.hasPrefix("pg") {
            if let number = Int(part.dropFirst(2).prefix(while: \.isNumber)) { return number }
        }
        let number = parts.first.flatMap { Int($0.prefix(while: \.isNumber)) }
        return number.flatMap { (9...99).contains($0) ? $0 : nil }
    }
}
