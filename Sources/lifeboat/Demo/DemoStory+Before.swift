import Console
import Model
import Protection
import Recovery
import StackConfiguration
import SystemIO
import SystemPackage
import Vault

extension DemoStory {
    /// Fills the servers and the folders, and remembers what is in them.
    func build(_ step: DemoNarrator.Step) async throws(Fault) -> DemoMemory {
        try await redis.fill()
        try files.fill()
        try await database.fill()
        let size = try database.size()
        let fileSize = try files.size()
        let memory = DemoMemory(
            tables: try database.evidence(),
            sessions: try await redis.evidence(),
            files: try files.evidence()
        )
        let tables = memory.tables.map { "\(DemoText.number($0.rows)) \($0.table)" }
        try narrator.end(
            step,
            [
                (
                    "database",
                    "PostgreSQL \(programs.postgresVersion), \(size): \(tables.joined(separator: ", "))"
                ),
                ("", "what was said, in Russian, Ukrainian and English"),
                (
                    "sessions",
                    "Redis \(programs.redisVersion), append-only: \(DemoText.number(memory.sessions.keys)) keys, each with its own end"
                ),
                ("knowledge", "\(memory.files.count - 1) files and folders, \(fileSize)"),
                ("secrets", "one .env"),
            ],
            [
                JSONField("bytes_database", .bytes(size)),
                JSONField("bytes_files", .bytes(fileSize)),
                JSONField("sessions", .integer(memory.sessions.keys)),
                JSONField("files", .integer(Int64(memory.files.count - 1))),
            ]
        )
        return memory
    }

    /// Does what `lifeboat init` does.
    func initialise() async throws(Fault) -> Stack {
        let step = try narrator.begin(2, "Protect it: lifeboat init")
        let options = Initialisation.Options(
            configurationFile: place.configuration,
            kitFile: place.kit
        )
        let made = try await Initialisation(
            configuration,
            variables: Variables.all,
            clock: SystemClock()
        ).run(options)
        try narrator.end(
            step,
            [
                ("configuration", made.configurationFile.displayed),
                ("vault", "\(place.vault.displayed), id \(made.vault.id.short)"),
                ("recovery kit", "\(made.kitFile.displayed): the keys, to be kept off this host"),
            ],
            [JSONField("vault", .text(made.vault.id.description))]
        )
        return Stack(made.configuration, variables: [:], clock: SystemClock())
    }

    /// Does some work while the log is received.
    func streaming<Value: Sendable>(
        _ stack: Stack,
        _ work: () async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        try await DemoCompany.work(
            beside: { () async throws(Fault) in
                try await LogStreaming(stack).run(progress: { _ in .silent })
            },
            isEndless: true,
            work
        )
    }

    /// Backs the stack up twice while calls come in.
    func backUp(_ stack: Stack, _ writer: DemoWriter, _ memory: DemoMemory) async throws(Fault) {
        try await backUp(3, "Back it up while it works: lifeboat backup", stack, writer)
        try await backUp(4, "And again: only what is new is stored", stack, writer)
        guard try await redis.evidence() == memory.sessions else {
            throw Fault(
                .demoServer,
                "unable to go on: something has changed the sessions meanwhile"
            )
        }
    }

    private func backUp(
        _ number: Int,
        _ title: String,
        _ stack: Stack,
        _ writer: DemoWriter
    ) async throws(Fault) {
        let step = try narrator.begin(number, title)
        try await waitForLog(stack) { _ in true }
        let before = writer.ledger.entries.count
        let board = narrator.progress(of: "backing up")
        let isOver = DemoSwitch()
        let summary = try await DemoCompany.work(
            beside: { () async throws(Fault) in try await writer.write { isOver.isOn } },
            isEndless: false
        ) { () async throws(Fault) in
            defer { board.finish() }
            let summary = try await StackBackup(stack).run { board.reporter(for: $0) }
            for result in summary.results { board.end(result.name, isSuccess: result.fault == nil) }
            if let fault = summary.fault { throw fault }
            try await DemoClock.wait(.milliseconds(500))
            isOver.turnOn()
            return summary
        }
        let heads = summary.results.compactMap { $0.snapshot?.head.sizes }
        let source = ByteCount(heads.reduce(0) { $0 + $1.source })
        let stored = ByteCount(heads.reduce(0) { $0 + $1.stored })
        let written = writer.ledger.entries.count - before
        let took = summary.finished - summary.started
        try narrator.end(
            step,
            summary.results.map { ($0.name, Self.text($0)) } + [
                (
                    "together",
                    "\(source) became \(stored) in the vault, in \(DemoText.seconds(took))"
                ),
                (
                    "meanwhile",
                    "\(DemoText.number(written)) calls came in, and their log went to the vault"
                ),
            ],
            [
                JSONField("bytes_source", .bytes(source)),
                JSONField("bytes_stored", .bytes(stored)),
                JSONField("seconds_backup", .seconds(took)),
                JSONField("calls_written", .integer(Int64(written))),
            ]
        )
    }

    private static func text(_ result: ComponentBackup) -> String {
        guard let sizes = result.snapshot?.head.sizes else { return "failed" }
        let stored = ByteCount(sizes.stored)
        return "\(ByteCount(sizes.source)), \(stored) stored, \(DemoText.seconds(result.duration))"
    }

    /// What shall be protected.
    private var configuration: StackConfiguration {
        StackConfiguration(
            stack: "callcenter",
            environment: "demo",
            host: ConfigurationFile.machine(),
            state: place.state.string,
            keys: KeyConfiguration(recipients: []),
            copies: [CopyConfiguration(name: "local", address: .directory(place.vault.string))],
            components: [
                ComponentConfiguration(
                    name: "database",
                    source: .postgresql(
                        PostgresConfiguration(
                            dsn: postgres.address,
                            user: postgres.user,
                            dataDirectory: place.postgresData.string,
                            binaries: programs.postgres.string,
                            wal: WALConfiguration(
                                slot: WALConfiguration.defaultSlot(of: "callcenter"),
                                heartbeat: .seconds(1)
                            )
                        )
                    )
                ),
                ComponentConfiguration(
                    name: "sessions",
                    source: .redis(
                        RedisConfiguration(
                            address: .socket(place.redisSocket.string),
                            directory: place.redis.string
                        )
                    )
                ),
                ComponentConfiguration(
                    name: "knowledge",
                    source: .files(FilesConfiguration(paths: [place.files.string]))
                ),
                ComponentConfiguration(
                    name: "secrets",
                    source: .secrets(
                        SecretsConfiguration(paths: [place.secrets.string], recipients: [])
                    )
                ),
            ]
        )
    }
}
