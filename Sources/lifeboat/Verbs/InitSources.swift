import ArgumentParser
import StackConfiguration
import SystemPackage

/// The flags of `init` that say what is protected.
struct InitSources: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("A PostgreSQL server: libpq's connection string.", valueName: "DSN")
    )
    var postgres: String?
    @Option(name: .long, help: ArgumentHelp("Its role; needs REPLICATION.", valueName: "ROLE"))
    var postgresUser: String?
    @Option(name: .long, help: ArgumentHelp("The file with its password.", valueName: "FILE"))
    var postgresPasswordFile: String?
    @Option(
        name: .long,
        help: ArgumentHelp("Its data directory, where it is readable here.", valueName: "DIR")
    )
    var postgresDirectory: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A Redis server: redis://HOST:PORT, rediss://HOST:PORT or unix:///PATH.",
            valueName: "URL"
        )
    )
    var redis: String?
    @Option(name: .long, help: ArgumentHelp("Its ACL user.", valueName: "USER"))
    var redisUser: String?
    @Option(name: .long, help: ArgumentHelp("The file with its password.", valueName: "FILE"))
    var redisPasswordFile: String?
    @Option(name: .long, help: ArgumentHelp("Where it keeps its files.", valueName: "DIR"))
    var redisDirectory: String?
    @Option(name: .long, help: ArgumentHelp("A file tree. Repeatable.", valueName: "PATH"))
    var files: [String] = []
    @Option(name: .long, help: ArgumentHelp("A secret file. Repeatable.", valueName: "PATH"))
    var secrets: [String] = []

    /// The components that the flags describe.
    ///
    /// - Parameters:
    ///   - stack: the name of the stack.
    ///   - recipient: whom secrets are sealed to, until the real recipient is made.
    /// - Returns: the components, in the order in which they are written.
    func components(stack: String, recipient: String) -> [ComponentConfiguration] {
        var components: [ComponentConfiguration] = []
        if let postgres {
            let source = PostgresConfiguration(
                dsn: postgres,
                user: postgresUser,
                password: postgresPasswordFile.map { .file(Self.absolute($0)) },
                dataDirectory: postgresDirectory.map(Self.absolute),
                wal: WALConfiguration(slot: WALConfiguration.defaultSlot(of: stack))
            )
            components.append(ComponentConfiguration(name: "postgres", source: .postgresql(source)))
        }
        if let redis = redis.flatMap({ RedisAddress($0) }) {
            let source = RedisConfiguration(
                address: redis,
                user: redisUser,
                password: redisPasswordFile.map { .file(Self.absolute($0)) },
                directory: redisDirectory.map(Self.absolute)
            )
            components.append(ComponentConfiguration(name: "redis", source: .redis(source)))
        }
        if !files.isEmpty {
            let source = FilesConfiguration(paths: files.map(Self.absolute))
            components.append(ComponentConfiguration(name: "files", source: .files(source)))
        }
        if !secrets.isEmpty {
            let source = SecretsConfiguration(
                paths: secrets.map(Self.absolute),
                recipients: [recipient]
            )
            components.append(ComponentConfiguration(name: "secrets", source: .secrets(source)))
        }
        return components
    }

    func validate() throws {
        if let redis, RedisAddress(redis) == nil {
            throw ValidationError(
                "--redis is neither redis://HOST:PORT nor unix:///PATH, without a password"
            )
        }
    }

    private static func absolute(_ path: String) -> String {
        WorkingDirectory.absolute(path).string
    }
}
