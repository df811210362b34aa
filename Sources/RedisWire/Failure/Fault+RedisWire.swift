public import Model

extension Fault.Code {
    /// The Redis server does not answer at its address.
    public static let redisUnreachable = Fault.Code(
        "E-REDIS-UNREACHABLE",
        .retry,
        exit: .sourceUnreachable
    )
    /// The server ended the connection in the middle of something.
    public static let redisClosed = Fault.Code("E-REDIS-CLOSED", .retry, exit: .sourceUnreachable)
    /// TLS with the server did not come about: it or we could not prove who we are.
    public static let redisTLS = Fault.Code("E-REDIS-TLS", .permanent, exit: .sourceUnreachable)
    /// The server sent no byte for longer than the caller is willing to wait.
    public static let redisSilent = Fault.Code("E-REDIS-SILENT", .retry, exit: .sourceUnreachable)
    /// The server is still reading its own data from disk.
    public static let redisLoading = Fault.Code("E-REDIS-LOADING", .retry, exit: .sourceUnreachable)
    /// The user or the password is wrong, or one is needed and none was given.
    public static let redisAuthentication = Fault.Code(
        "E-REDIS-AUTH",
        .permanent,
        exit: .sourceUnreachable
    )
    /// The user may not run a command that is needed.
    public static let redisPermission = Fault.Code(
        "E-REDIS-PERMISSION",
        .permanent,
        exit: .sourceUnreachable
    )
    /// The server refuses a replica at this time, for example because its own master is away.
    public static let redisNotReady = Fault.Code(
        "E-REDIS-NOT-READY",
        .retry,
        exit: .sourceUnreachable
    )
    /// The server answered a command with an error that has no code of its own.
    public static let redisRefused = Fault.Code("E-REDIS-REFUSED", .permanent, exit: .failed)
    /// The server does not speak the protocol: it may not be a Redis server at all.
    public static let redisProtocol = Fault.Code(
        "E-REDIS-PROTOCOL",
        .permanent,
        exit: .sourceUnreachable
    )
    /// The text is not the address of a Redis server.
    public static let redisAddress = Fault.Code("E-REDIS-ADDRESS", .permanent, exit: .usage)
    /// An RDB is damaged: it is shorter, longer or other than its checksum and its structure say.
    public static let rdbDamaged = Fault.Code("E-RDB-DAMAGED", .corrupt, exit: .damaged)
    /// An RDB is of a version or has a content that this program does not know.
    public static let rdbUnsupported = Fault.Code("E-RDB-UNSUPPORTED", .permanent, exit: .refused)
    /// A key with its value is too large to be brought back by itself.
    public static let redisTooLarge = Fault.Code("E-REDIS-TOO-LARGE", .permanent, exit: .refused)
    /// A running server did not take over a snapshot from us.
    public static let redisHandover = Fault.Code("E-REDIS-HANDOVER", .permanent, exit: .failed)
    /// The server's settings do not allow a restore into its files.
    public static let redisRestoreFiles = Fault.Code("E-REDIS-FILES", .permanent, exit: .refused)
}
