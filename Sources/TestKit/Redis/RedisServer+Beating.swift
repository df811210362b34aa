extension RedisServer {
    /// Settings with which a server answers a replica at once, and tells it every second that it is alive.
    public static let beatingSettings = [
        "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1",
    ]

    /// A server that runs with ``beatingSettings``, and others as on the command line.
    ///
    /// - Throws: ``Failure`` when it does not accept connections within five minutes.
    public static func beating(
        _ kind: RedisProgram = .redis7,
        _ arguments: [String] = []
    ) throws -> RedisServer {
        let server = try RedisServer(stopped: (), kind)
        try server.start(beatingSettings + arguments)
        return server
    }
}
