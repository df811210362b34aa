public import Model

/// A connection to a Redis server: commands in, replies out, one caller at a time.
///
/// It logs in when the address has a password. Nothing is retried except while the server says that
/// it is loading its data. After `redisClosed`, `redisSilent`, `redisProtocol` or `cancelled` it is
/// closed. Dropping it closes it too.
public final class RedisConnection {
    /// The server, and as whom we talk to it.
    public let address: RedisAddress
    let transport: RedisTransport
    private let patience: RedisPatience
    private var decoder = RedisReplyDecoder()

    private init(
        _ transport: RedisTransport,
        _ address: RedisAddress,
        _ patience: RedisPatience
    ) {
        self.transport = transport
        self.address = address
        self.patience = patience
    }

    /// Connects and logs in.
    ///
    /// - Throws: `redisUnreachable`, `redisTLS`, `redisAuthentication`, `redisPermission`, and what
    ///   ``command(_:)`` throws.
    public static func connect(
        to address: RedisAddress,
        patience: RedisPatience = .standard
    ) async throws(Fault) -> RedisConnection {
        try await connect(to: address, patience: patience, heedsCancellation: true)
    }

    static func connect(
        to address: RedisAddress,
        patience: RedisPatience,
        heedsCancellation: Bool
    ) async throws(Fault) -> RedisConnection {
        let transport = try await RedisTransport.connect(
            to: address.endpoint,
            tls: address.tls,
            within: patience.connecting,
            heedsCancellation: heedsCancellation
        )
        let connection = RedisConnection(transport, address, patience)
        if let password = address.password {
            let login = (address.user.map { [$0] } ?? []) + [password]
            let words = (["AUTH"] + login).map { Array($0.utf8) }
            _ = try await connection.command(RedisCommand(words: words))
        }
        if let database = address.database {
            _ = try await connection.command(RedisCommand("SELECT", "\(database)"))
        }
        return connection
    }

    /// Connects, logs in, does something, and closes the connection, however that ends.
    ///
    /// - Throws: as ``connect(to:patience:)``, and what `body` throws.
    public static func with<Value>(
        _ address: RedisAddress,
        patience: RedisPatience = .standard,
        _ body: (_ connection: RedisConnection) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        try await with(address, patience: patience, heedsCancellation: true, body)
    }

    static func with<Value>(
        _ address: RedisAddress,
        patience: RedisPatience,
        heedsCancellation: Bool,
        _ body: (_ connection: RedisConnection) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let connection = try await connect(
            to: address,
            patience: patience,
            heedsCancellation: heedsCancellation
        )
        do throws(Fault) {
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Runs one command and returns its reply, which is not an error; waits while the server loads
    /// its data.
    ///
    /// - Throws: The fault of an error reply: `redisAuthentication`, `redisPermission`,
    ///   `redisLoading` (after the patience ended), `redisNotReady`, `redisRefused`; or
    ///   `redisClosed`, `redisSilent`, `redisProtocol`, `cancelled`.
    public func command(_ command: RedisCommand) async throws(Fault) -> RedisReply {
        let deadline = ContinuousClock.now + patience.loading
        while true {
            let reply = try await self.reply(to: command)
            guard case .failure(let failure) = reply else { return reply }
            guard failure.kind == "LOADING", ContinuousClock.now < deadline else {
                throw RedisRefusal.fault(failure, to: command.name, at: address)
            }
            try await transport.pause(patience.retryInterval)
        }
    }

    /// Runs one command and returns its reply as it is, an error too.
    ///
    /// - Throws: `redisClosed`, `redisSilent`, `redisProtocol`, `cancelled`.
    public func reply(to command: RedisCommand) async throws(Fault) -> RedisReply {
        try await transport.send(command.encoded)
        return try await nextReply()
    }

    /// Sends several commands at once and returns their replies in order, errors too.
    ///
    /// The caller bounds how many: commands and replies are held in memory.
    ///
    /// - Throws: `redisClosed`, `redisSilent`, `redisProtocol`, `cancelled`.
    public func replies(to commands: [RedisCommand]) async throws(Fault) -> [RedisReply] {
        var bytes: [UInt8] = []
        for command in commands { command.encode(into: &bytes) }
        // Not awaited before reading: a server that waits for us to read would wait for ever.
        let sending = transport.beginSending(bytes)
        var replies: [RedisReply] = []
        replies.reserveCapacity(commands.count)
        for _ in commands { replies.append(try await nextReply()) }
        try await transport.finishSending(sending)
        return replies
    }

    /// Ends the connection; does nothing when it has ended already.
    public func close() async { await transport.close() }

    private func nextReply() async throws(Fault) -> RedisReply {
        while true {
            do {
                if let reply = try decoder.next() { return reply }
            } catch {
                await close()
                throw error
            }
            guard let bytes = try await transport.receive(within: patience.silence) else {
                throw RedisTransport.closed(address.endpoint, isSecured: address.tls != nil)
            }
            decoder.append(bytes)
        }
    }
}
