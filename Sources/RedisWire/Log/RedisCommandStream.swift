public import Model

/// The commands of a running server as they happen, received as one of its replicas gets them.
///
/// The server keeps what was not received yet in its backlog (`repl-backlog-size`), and nothing of it is asked for twice. No data is
/// fetched and no fork asked for, unless the server has to say where it stands: then it may begin one, which ends with the connection.
public final class RedisCommandStream {
    /// What the server does with a wish to continue.
    public enum Answer {
        /// The commands come, from the place that was named on.
        case continued(RedisCommandStream)
        /// It has not got them any more; it stands here now.
        case elsewhere(RedisStreamPlace)
    }

    /// What came.
    public enum Arrival: Sendable {
        /// Some bytes of commands.
        case bytes([UInt8])
        /// Nothing yet.
        case nothing
    }

    /// The history's name now; another one than was named after a failover.
    public let replicationID: String
    /// Where the commands begin.
    public let offset: UInt64
    private let transport: RedisTransport
    private let patience: RedisPatience
    private var first: [UInt8]
    private var heard = ContinuousClock.now

    private init(
        _ transport: RedisTransport,
        _ patience: RedisPatience,
        at place: RedisStreamPlace,
        first: [UInt8]
    ) {
        self.transport = transport
        self.patience = patience
        self.first = first
        replicationID = place.replicationID
        offset = place.offset
    }

    /// Connects and asks to continue at a place; without one, where the server stands.
    ///
    /// - Throws: `redisUnreachable`, `redisTLS`, `redisAuthentication`, `redisPermission`, `redisLoading`, `redisNotReady`,
    ///   `redisRefused`, `redisClosed`, `redisSilent`, `redisProtocol`, `cancelled`.
    public static func open(
        _ address: RedisAddress,
        patience: RedisPatience = .standard,
        at place: RedisStreamPlace?
    ) async throws(Fault) -> Answer {
        let connection = try await RedisConnection.connect(to: address, patience: patience)
        do throws(Fault) {
            let answer = try await ask(connection.transport, address, patience, place)
            if case .elsewhere = answer { await connection.close() }
            return answer
        } catch {
            await connection.close()
            throw error
        }
    }

    private static func ask(
        _ transport: RedisTransport,
        _ address: RedisAddress,
        _ patience: RedisPatience,
        _ place: RedisStreamPlace?
    ) async throws(Fault) -> Answer {
        var machine = RedisResumption(address: address, place: place)
        var step = machine.begin()
        while true {
            switch step {
            case .send(let command): try await transport.send(command.encoded)
            case .receive: break
            case .continued(let id, let first):
                let start = RedisStreamPlace(replicationID: id, offset: place?.offset ?? 0)
                return .continued(
                    RedisCommandStream(transport, patience, at: start, first: first)
                )
            case .elsewhere(let place): return .elsewhere(place)
            }
            guard let bytes = try await transport.receive(within: patience.silence) else {
                throw RedisTransport.closed(address.endpoint, isSecured: address.tls != nil)
            }
            step = try machine.received(bytes)
        }
    }

    /// The next bytes, waiting for them at most some time.
    ///
    /// - Throws: `redisSilent` when none came for as long as the patience is, `redisClosed`, `cancelled`.
    public func next(upTo limit: Duration) async throws(Fault) -> Arrival {
        if !first.isEmpty {
            defer { first = [] }
            return .bytes(first)
        }
        let left = patience.silence - heard.duration(to: .now)
        // What has come meanwhile is heard, however late we are ourselves.
        guard left > limit else { return try await nextOrFault(within: limit) }
        guard let bytes = try await transport.receiveIfAny(within: limit) else { return .nothing }
        heard = .now
        return .bytes(bytes)
    }

    private func nextOrFault(within limit: Duration) async throws(Fault) -> Arrival {
        guard let bytes = try await transport.receive(within: limit) else {
            throw RedisTransport.closed(transport.endpoint, isSecured: false)
        }
        heard = .now
        return .bytes(bytes)
    }

    /// Tells the server what is safe here; `WAIT` and `INFO` of the server show it.
    ///
    /// - Throws: `redisClosed`, `cancelled`.
    public func acknowledge(_ offset: UInt64) async throws(Fault) {
        try await transport.send(RedisCommand("REPLCONF", "ACK", "\(offset)").encoded)
    }

    /// Ends the connection.
    public func close() async { await transport.close() }
}
