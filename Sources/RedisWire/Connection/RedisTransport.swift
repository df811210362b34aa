import Model
import NIOCore
import NIOPosix

/// A byte stream to a Redis server over TCP, TLS or a Unix socket, read only as fast as its user asks.
///
/// Dropping the last reference closes it.
final class RedisTransport: Sendable {
    /// The most bytes of one read.
    static let readSize = 128 * 1024

    let endpoint: RedisEndpoint
    private let channel: any Channel
    private let reader: NIOLoopBound<RedisByteReader>
    /// Whether the task's cancellation ends it; not where a server must be told something at the end.
    private let heedsCancellation: Bool
    private let isSecured: Bool

    private init(
        _ channel: any Channel,
        _ reader: NIOLoopBound<RedisByteReader>,
        _ endpoint: RedisEndpoint,
        _ heedsCancellation: Bool,
        _ isSecured: Bool
    ) {
        self.channel = channel
        self.reader = reader
        self.endpoint = endpoint
        self.heedsCancellation = heedsCancellation
        self.isSecured = isSecured
    }

    deinit { channel.close(promise: nil) }

    /// Connects, and agrees on TLS where it is asked for, within the time given for each.
    ///
    /// - Throws: `redisUnreachable`, `redisTLS`, `cancelled`.
    static func connect(
        to endpoint: RedisEndpoint,
        tls: RedisTLS?,
        within limit: Duration,
        heedsCancellation: Bool = true
    ) async throws(Fault) -> RedisTransport {
        let security = try tls.map { tls throws(Fault) in
            try TransportSecurity(tls, for: endpoint)
        }
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: false)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: readSize)
            )
            .connectTimeout(TimeAmount(limit))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let security { try pipeline.addHandler(try security.handler()) }
                    try pipeline.addHandler(RedisByteReader())
                }
            }
        do {
            let channel =
                switch endpoint {
                case .tcp(let host, let port):
                    try await bootstrap.connect(host: host, port: port).get()
                case .socket(let path):
                    try await bootstrap.connect(unixDomainSocketPath: path).get()
                }
            let transport = try await of(
                channel,
                endpoint,
                heedsCancellation: heedsCancellation,
                isSecured: security != nil
            )
            guard security != nil else { return transport }
            let reader = transport.reader
            try await channel.eventLoop.flatSubmit {
                reader.value.secured(within: TimeAmount(limit), on: channel.eventLoop)
            }.get()
            return transport
        } catch {
            throw unreachable(endpoint, error)
        }
    }

    /// Wraps a connection that has a reader in its pipeline.
    static func of(
        _ channel: any Channel,
        _ endpoint: RedisEndpoint,
        heedsCancellation: Bool = true,
        isSecured: Bool = false
    ) async throws -> RedisTransport {
        let reader = try await channel.eventLoop.submit {
            let operations = channel.pipeline.syncOperations
            let reader = try operations.handler(type: RedisByteReader.self)
            return NIOLoopBound(reader, eventLoop: channel.eventLoop)
        }.get()
        return RedisTransport(channel, reader, endpoint, heedsCancellation, isSecured)
    }

    /// The address of this host that the other side sees; nil for a Unix socket.
    var localHost: String? { channel.localAddress?.ipAddress }

    /// The address of the other side; nil for a Unix socket.
    var remoteHost: String? { channel.remoteAddress?.ipAddress }

    /// Sends bytes; returns when the system has taken them.
    ///
    /// - Throws: `redisClosed`, `cancelled`.
    func send(_ bytes: [UInt8]) async throws(Fault) {
        try await work { [channel] in
            try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
        }
    }

    /// Sends bytes without waiting; ``finishSending(_:)`` says whether it worked.
    func beginSending(_ bytes: [UInt8]) -> EventLoopFuture<Void> {
        channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Waits until what was begun is sent.
    ///
    /// - Throws: `redisClosed`, `cancelled`.
    func finishSending(_ sending: EventLoopFuture<Void>) async throws(Fault) {
        try await work { try await sending.get() }
    }

    /// Waits for the next bytes; nil when the server has ended the connection.
    ///
    /// - Throws: `redisSilent` when none come in time, `redisClosed`, `cancelled`. After a fault
    ///   the transport is closed.
    func receive(within limit: Duration) async throws(Fault) -> [UInt8]? {
        let buffer = try await work { [channel, reader] in
            try await channel.eventLoop.flatSubmit {
                reader.value.next(within: TimeAmount(limit), on: channel.eventLoop)
            }.get()
        }
        return buffer.map { Array($0.readableBytesView) }
    }

    /// Waits for the next bytes; nil when none have come in time, after which they may still come.
    ///
    /// - Throws: `redisClosed`, also when the server has ended the connection, `cancelled`.
    func receiveIfAny(within limit: Duration) async throws(Fault) -> [UInt8]? {
        let (buffer, isOver) = try await work {
            [channel, reader] () async throws -> (ByteBuffer?, Bool) in
            do {
                let buffer = try await channel.eventLoop.flatSubmit {
                    reader.value.next(within: TimeAmount(limit), on: channel.eventLoop)
                }.get()
                return (buffer, buffer == nil)
            } catch is RedisByteReader.TimedOut {
                return (nil, false)
            }
        }
        guard !isOver else { throw Self.closed(endpoint, isSecured: isSecured) }
        return buffer.map { Array($0.readableBytesView) }
    }

    /// Waits without blocking a thread.
    ///
    /// - Throws: `cancelled`.
    func pause(_ time: Duration) async throws(Fault) {
        try await work { [channel] in
            try await channel.eventLoop.scheduleTask(in: TimeAmount(time)) {}.futureResult.get()
        }
    }

    /// Closes the connection; does nothing when it is closed already.
    func close() async {
        // Failing to close a socket leaves nothing to be done: it is gone either way.
        try? await channel.close().get()
    }

    /// Does network work; a cancelled task closes the channel, which ends every wait.
    private func work<Value: Sendable>(
        _ body: @Sendable () async throws -> Value
    ) async throws(Fault) -> Value {
        do {
            guard heedsCancellation else { return try await body() }
            let value = try await withTaskCancellationHandler {
                try await body()
            } onCancel: {
                channel.close(promise: nil)
            }
            if Task.isCancelled { throw CancellationError() }
            return value
        } catch {
            channel.close(promise: nil)
            throw fault(of: error)
        }
    }

    private func fault(of error: any Error) -> Fault {
        if heedsCancellation, Task.isCancelled {
            return Fault(.cancelled, "unable to talk to Redis at '\(endpoint)': cancelled")
        }
        if error is RedisByteReader.TimedOut {
            return Fault(
                .redisSilent,
                "unable to talk to Redis at '\(endpoint)': no answer came in time",
                hints: ["Look at the server's log and load: redis-cli --latency."],
                cause: error
            )
        }
        if let reason = TLSReason(error) { return reason.fault(endpoint, error) }
        return Self.closed(endpoint, isSecured: isSecured, cause: error)
    }

    /// The fault of a connection that ended before its time.
    ///
    /// A server that does not accept our certificate says so, and ends the connection at once: which of the
    /// two is noticed first is chance.
    static func closed(
        _ endpoint: RedisEndpoint,
        isSecured: Bool,
        cause: (any Error)? = nil
    ) -> Fault {
        let reason =
            isSecured
            ? "it may want a certificate that it accepts (tls: {certificate: FILE, key: FILE})."
            : "it may have restarted, run out of memory, or want TLS (rediss://)."
        return Fault(
            .redisClosed,
            "unable to talk to Redis at '\(endpoint)': the server ended the connection",
            hints: ["Look at the server's log; " + reason],
            cause: cause
        )
    }

    private static func unreachable(_ endpoint: RedisEndpoint, _ error: any Error) -> Fault {
        if Task.isCancelled {
            return Fault(.cancelled, "unable to connect to Redis at '\(endpoint)': cancelled")
        }
        if let reason = TLSReason(error) { return reason.fault(endpoint, error) }
        return Fault(
            .redisUnreachable,
            "unable to connect to Redis at '\(endpoint)': \(NetworkReason(error))",
            hints: ["Start the server, or correct the address of this component."],
            cause: error
        )
    }
}
