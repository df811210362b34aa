import Model
import StackConfiguration

/// Compose files for tests, and what is proposed for them.
enum ComposeSamples {
    /// A call center on compose, as its owners wrote it.
    static let callCenter = """
        name: call-center
        x-app: &app
          build: .
          env_file: [.env]
          restart: unless-stopped
        services:
          postgres:
            image: pgvector/pgvector:pg16
            ports: ["127.0.0.1:5433:5432"]
            volumes:
              - pgdata:/var/lib/postgresql/data
              - ./backup/wal_archive:/wal_archive
              - ./postgres/init.sql:/docker-entrypoint-initdb.d/init.sql:ro
            environment:
              POSTGRES_DB: callcenter
              POSTGRES_USER: callcenter
              POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}
              POSTGRES_WAL_LEVEL: replica
              POSTGRES_ARCHIVE_MODE: "on"
          redis:
            image: redis:7-alpine
            command: ["redis-server", "--appendonly", "yes", "--requirepass", "${REDIS_PASSWORD}"]
            ports: ["6379:6379"]
            volumes: ["redis_data:/data"]
          call-processor:
            <<: *app
            depends_on:
              postgres: {condition: service_healthy}
              redis: {condition: service_started}
            volumes: ["./logs:/app/logs", "./knowledge_base:/app/knowledge_base"]
          celery-worker:
            <<: *app
            environment:
              DATABASE_URL: postgresql://callcenter:${POSTGRES_PASSWORD}@postgres:5432/callcenter
              BROKER: redis://redis:6379/0
            volumes: ["./logs:/app/logs"]
          celery-beat:
            <<: *app
            depends_on: [redis]
          asterisk:
            image: andrius/asterisk:20
            network_mode: host
            volumes:
              - ./asterisk:/etc/asterisk:ro
              - type: volume
                source: recordings
                target: /var/spool/asterisk
          prometheus:
            image: prom/prometheus
            volumes: ["./prometheus:/etc/prometheus:ro", "prometheus_data:/prometheus"]
          node-exporter:
            image: prom/node-exporter
            volumes: ["/proc:/host/proc:ro", "/:/rootfs:ro", "/var/run/docker.sock:/s"]
          loader:
            <<: *app
            profiles: [tools]
        volumes:
          pgdata:
          redis_data:
          recordings: {name: cc-recordings}
          prometheus_data: {driver: local, driver_opts: {type: none, o: bind, device: /srv/prom}}
        secrets:
          api_key: {file: ./secrets/api_key.txt}

        """

    /// What is proposed for a text in `/opt/cc`, with other files around it.
    static func propose(
        _ text: String,
        environment: [String: String] = [:],
        files: [String: String] = [:],
        over others: [String] = []
    ) throws(Fault) -> ComposeProposal {
        var around = ComposeProposal.Surroundings(folder: "/opt/cc")
        around.environment = environment
        around.environmentFiles = files.keys.sorted().filter { $0.hasPrefix("/opt/cc/.env") }
        around.text = { files[$0] }
        around.isThere = { !$0.contains("missing") }
        var documents = [ComposeDocument(path: "/opt/cc/docker-compose.yml", text: text)]
        for (number, text) in others.enumerated() {
            documents.append(ComposeDocument(path: "/opt/cc/over\(number).yml", text: text))
        }
        return try ComposeProposal(
            documents,
            stack: "cc",
            recipient: Samples.recipient,
            around: around
        )
    }

    /// A file with one service beside a plain one, which it is proposed with.
    static func propose(
        service: String,
        more: String = "",
        files: [String: String] = [:]
    ) throws(Fault) -> ComposeProposal {
        let lines = service.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
        return try propose(
            "services:\n  one:\n\(lines)\n  app: {image: app}\n\(more)\n",
            files: files
        )
    }

    /// The configuration that a proposal becomes, read back by the strict decoder.
    static func configuration(_ proposal: ComposeProposal) throws(Fault) -> StackConfiguration {
        let draft = StackConfiguration(
            stack: "cc",
            environment: "prod",
            host: "h1",
            keys: KeyConfiguration(recipients: [Samples.recipient]),
            copies: [CopyConfiguration(name: "local", address: .directory("/backup"))],
            components: proposal.components,
            compose: ComposeConfiguration(project: proposal.project),
            services: proposal.services
        )
        let remarks = proposal.unprotected.map(\.fact)
        let decoded = try Samples.decode(ConfigurationTemplate(draft, remarks: remarks).text)
        guard decoded == draft else {
            throw Fault(.invalidValue, "unable to read back the proposal: it is another one")
        }
        return decoded
    }
}
