/// The keys of `lifeboat.yaml`, version 1: the one place where they are written down.
enum Grammar {
    static let secretKinds = ["file", "env", "credential", "exec"]

    static let stack: [Key] = [
        Key("version", .scalar(.version), required: true, "The version of this grammar."),
        Key("stack", .scalar(.label), required: true, "What is protected: the name of the stack."),
        Key(
            "environment",
            .scalar(.label),
            required: true,
            "Which one of it: prod, staging. Two environments share no key and no copy."
        ),
        Key(
            "state",
            .scalar(.path),
            "Cache, spool and journal; losing it loses no backup. Default: /var/lib/lifeboat/<stack>."
        ),
        Key(
            "host",
            .scalar(.label),
            "The host that owns the streams. Default: the machine's name."
        ),
        Key("objectives", .mapping(objectives), "What shall be true of the backups."),
        Key("keys", .mapping(keys), required: true, "Whom the backups are sealed to."),
        Key(
            "copies",
            .copies(copy),
            required: true,
            "Where the backups live. The first that is there takes a backup, the others get it from there."
        ),
        Key(
            "components",
            .components(components),
            required: true,
            "The protected things, by name."
        ),
        Key(
            "compose",
            .mapping(compose),
            "The compose project that services belong to."
        ),
        Key(
            "services",
            .services(service),
            "What works with the data: a restore stops those that may use what it brings back, and starts them again."
        ),
    ]

    static let keys: [Key] = [
        Key(
            "recipients",
            .list(.recipient, filled: true),
            required: true,
            "The age recipients that can open the backups; public."
        ),
        Key(
            "identity",
            .secret,
            "What opens them; leave it out on a host that must not read its own backups."
        ),
        Key(
            "kit_tested_within",
            .scalar(.duration),
            "How long after `lifeboat key kit --test` status asks for the next one, such as 180d."
        ),
    ]

    static let components: [(kind: String, keys: [Key])] = [
        ("postgresql", postgresql), ("redis", redis), ("files", files),
        ("configuration", history), ("secrets", secrets),
    ]

    static func kind(_ name: String) -> Key {
        Key("kind", .scalar(.choice([name])), required: true, "What the component is.")
    }

    static let postgresql: [Key] = [
        kind("postgresql"),
        Key("dsn", .scalar(.dsn), required: true, "libpq's connection string, without a password."),
        Key("user", .scalar(.text), "The role; it needs REPLICATION."),
        Key("password", .secret, "Where its password is. Default: libpq's own ways."),
        Key("data_directory", .scalar(.path), "The data directory, where it is readable here."),
        Key("binaries", .scalar(.path), "The directory of the server programs. Default: searched."),
        Key(
            "image",
            .scalar(.text),
            "The image with them, where this host has none. Default: the one that the server ran."
        ),
        Key(
            "method",
            .scalar(.choice(PostgresConfiguration.Method.allCases.map(\.rawValue))),
            "How data files are read. Default: auto: direct where the folder is at hand, else replication."
        ),
        Key("wal", .mapping(wal), "How the write-ahead log is kept."),
        Key("base", .mapping(base), "How base backups are taken and kept."),
        Key("logical", .mapping(logical), "Which databases are dumped as SQL, beside that."),
        Key(
            "migration",
            .list(.text, filled: true),
            "The command that prints the migration head, which each snapshot records."
        ),
    ]

    static let logical: [Key] = [
        Key("databases", .list(.text, filled: false), "The databases. Default: all."),
        Key("globals", .scalar(.boolean), "Dump roles and tablespaces too. Default: true."),
        keep,
    ]

    static let wal: [Key] = [
        Key(
            "stream",
            .scalar(.boolean),
            "Stream the log, for recovery to any second. Default: true."
        ),
        Key("slot", .scalar(.slot), "The replication slot. Default: lifeboat_<stack>."),
        Key(
            "heartbeat",
            .scalar(.duration),
            "A record this often makes every second of an idle database restorable. Default: 10s."
        ),
        Key(
            "keep",
            .scalar(.duration),
            "How far back every second is reachable; an older base keeps its own part of the log."
        ),
        Key(
            "durable_in",
            .scalar(.choice(WALConfiguration.Durability.allCases.map(\.rawValue))),
            "Where the log must be before the server may forget it. Default: any_copy."
        ),
        Key(
            "spool",
            .scalar(.path),
            "Where files wait that `lifeboat wal push` takes. Default: in the host's state."
        ),
        Key("spool_limit", .scalar(.size), "How much may wait there. Default: 1GiB."),
    ]

    static let base: [Key] = [
        keep,
        Key(
            "connections",
            .scalar(.upTo(BaseConfiguration.mostConnections)),
            "How many SQL connections read files at once. Default: 4."
        ),
        Key("limit", .scalar(.rate), "The most that is read of the files: 200MiB/s."),
        Key("busy", .mapping(busy), "When the database counts as busy: it is read more slowly."),
    ]

    static let busy: [Key] = [
        Key(
            "sessions",
            .scalar(.count),
            "When more sessions than this run something, the backup's own not counted."
        ),
        Key(
            "wait",
            .scalar(.duration),
            "When a MiB of its files takes longer than this to be read, such as 50ms."
        ),
    ]

    static let redis: [Key] = [
        kind("redis"),
        Key(
            "address",
            .scalar(.redisAddress),
            required: true,
            "redis://host:port, rediss://host:port or unix:///path, without a password."
        ),
        Key("user", .scalar(.text), "The ACL user; it needs +psync +replconf +ping."),
        Key("password", .secret, "Where its password is."),
        Key("directory", .scalar(.path), "Where the server keeps its files; restored to."),
        Key(
            "appendonly",
            .scalar(.boolean),
            "Whether restored files are for a server with appendonly files. Default: as recorded."
        ),
        Key("tls", .mapping(redisTLS), "What proves who is who, for a rediss:// address."),
        Key(
            "prefer_replica",
            .scalar(.boolean),
            "Take snapshots from a replica of it where one is in step. Default: false."
        ),
        Key("log", .mapping(redisLog), "How its commands are kept, for recovery to any second."),
        keep,
    ]

    static let redisLog: [Key] = [
        Key("stream", .scalar(.boolean), "Stream the commands. Default: true."),
        Key(
            "keep",
            .scalar(.duration),
            "How far back every second is reachable. Default: to the oldest snapshot."
        ),
        Key(
            "durable_in",
            .scalar(.choice(WALConfiguration.Durability.allCases.map(\.rawValue))),
            "Where the log must be before the server is told that it is safe. Default: any_copy."
        ),
        Key(
            "server",
            .scalar(.path),
            "The server program that replays it at a restore. Default: searched."
        ),
    ]

    static let redisTLS: [Key] = [
        Key("ca", .scalar(.path), "The authorities to trust, PEM. Default: the system's."),
        Key("certificate", .scalar(.path), "The certificate to show, PEM."),
        Key("key", .scalar(.path), "The key of that certificate, PEM."),
        Key(
            "server_name",
            .scalar(.text),
            "The name in the server's certificate. Default: the address's host."
        ),
    ]

    static let files: [Key] = [
        kind("files"),
        Key("paths", .list(.path, filled: true), required: true, "The roots of the trees."),
        Key("include", .list(.text, filled: false), "Patterns of what is taken. Default: all."),
        Key("exclude", .list(.text, filled: false), "Patterns of what is left out."),
        keep,
    ]

    static let secrets: [Key] = [
        kind("secrets"),
        Key("paths", .list(.path, filled: true), required: true, "The secret files."),
        Key(
            "recipients",
            .list(.recipient, filled: true),
            "Whom they are sealed to. Default: keys.recipients."
        ),
        keep,
    ]

    static let secret: [Key] = [
        Key("file", .scalar(.path), "The content of a file."),
        Key("env", .scalar(.environmentName), "An environment variable."),
        Key("credential", .scalar(.credentialName), "A systemd credential."),
        Key("exec", .list(.text, filled: true), "The output of a command, as argument list."),
    ]
}
