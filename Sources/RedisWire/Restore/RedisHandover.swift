public import Model

/// Gives a running server the data of an RDB: it becomes our replica for one synchronisation, and its own master again.
///
/// ```
/// REPLICAOF us ─▶ it connects, asks, gets the RDB ─▶ it loads ─▶ it confirms ─▶ counted ─▶ REPLICAOF NO ONE
///                                                                   └▶ gets commands ─▶ it confirms ┘
/// ```
/// As a replica it does what the commands say and nothing of its own: nothing expires, nothing is evicted.
///
/// Meanwhile its clients cannot write, and while it loads they may be told to wait. The RDB must have been proved before:
/// a server ends itself when it loads a damaged one. However this ends, the server is told to be its own master again.
///
/// Anybody may come to the port: the RDB goes to nobody before the server itself says that it fetches data, which it does only when
/// the one who came is the server.
public struct RedisHandover: Sendable {
    /// How long who came may take to say what it wants, and the server to say that it is the one.
    private static let greeting = Duration.seconds(10)

    private let address: RedisAddress
    private let patience: RedisPatience
    private let host: String?
    private let arrival: Duration
    private let length: ByteCount
    private let replicationID: String

    /// Describes a handover.
    ///
    /// - Parameters:
    ///   - address: the server, reached without TLS.
    ///   - patience: its silence limit holds for every single wait.
    ///   - host: the address of this host where the server fetches the data; nil for the one that it sees now.
    ///   - arrival: how long the server may take to come for it.
    ///   - length: that of the RDB.
    ///   - replicationID: 40 hexadecimal digits that no history has.
    public init(
        address: RedisAddress,
        patience: RedisPatience = .standard,
        host: String? = nil,
        arrival: Duration = .seconds(30),
        length: ByteCount,
        replicationID: String
    ) {
        self.address = address
        self.patience = patience
        self.host = host
        self.arrival = arrival
        self.length = length
        self.replicationID = replicationID
    }

    /// Hands the RDB over.
    ///
    /// - Parameters:
    ///   - next: the next piece of the RDB; nil at its end.
    ///   - commands: the next commands that it shall do behind it; nil at their end.
    ///   - check: looks at the server once it has loaded it, before it can be written to again.
    /// - Throws: `redisPermission` or `redisRefused` when the server does not follow anybody, and is what it was; `redisHandover` when it
    ///   did not come, went away or did not load it; what talking to the server, `next` and `check` throw.
    public func run(
        _ next: () async throws(Fault) -> [UInt8]?,
        commands: () async throws(Fault) -> [UInt8]? = { nil },
        check: (_ server: RedisConnection) async throws(Fault) -> Void
    ) async throws(Fault) {
        let control = try await RedisConnection.connect(to: address, patience: patience)
        let listener = try await RedisListener.listen(
            on: host ?? control.transport.localHost ?? "127.0.0.1"
        )
        var isFollowing = false
        do throws(Fault) {
            _ = try await control.command(
                RedisCommand("REPLICAOF", listener.host, "\(listener.port)")
            )
            isFollowing = true
            // A server with a `timeout` ends connections that are silent, so each question gets one of its own.
            let server = control.transport.remoteHost ?? "127.0.0.1"
            await control.close()
            let link = try await serve(listener, server, next, commands)
            try await RedisConnection.with(address, patience: patience) {
                control async throws(Fault) in
                try await check(control)
                try await Self.release(control)
            }
            await link.close()
        } catch {
            await control.close()
            // What the server has refused it has not done.
            guard isFollowing || !RedisRefusal.isAnswer(error) else { throw error }
            throw await released(after: error)
        }
    }

    /// Sends the RDB to the server once it comes, and waits until it has loaded it.
    private func serve(
        _ listener: RedisListener,
        _ server: String,
        _ next: () async throws(Fault) -> [UInt8]?,
        _ commands: () async throws(Fault) -> [UInt8]?
    ) async throws(Fault) -> RedisTransport {
        let deadline = ContinuousClock.now + arrival
        var stranger: Fault?
        while true {
            let left = deadline - ContinuousClock.now
            guard left > .zero, let link = try await listener.next(within: left) else {
                throw nobodyCame(listener, but: stranger)
            }
            // Where a person named the address, the server may come from anywhere: through a container's network.
            guard host != nil || link.remoteHost == server else {
                await link.close()
                continue
            }
            var isServer = false
            do throws(Fault) {
                try await converse(link, &isServer, next, commands)
                return link
            } catch {
                await link.close()
                guard !isServer, error.code != .cancelled else { throw error }
                stranger = error
            }
        }
    }

    /// Talks with who came; `isServer` is whether that has proved to be the server.
    private func converse(
        _ link: RedisTransport,
        _ isServer: inout Bool,
        _ next: () async throws(Fault) -> [UInt8]?,
        _ commands: () async throws(Fault) -> [UInt8]?
    ) async throws(Fault) {
        var conversation = RedisMasterConversation(length: length, replicationID: replicationID)
        /// How many bytes of commands it got; nil before it has loaded the RDB.
        var sent: UInt64?
        while true {
            let limit = isServer ? patience.silence : min(patience.silence, Self.greeting)
            guard let bytes = try await link.receive(within: limit) else {
                throw Fault(
                    .redisHandover,
                    "unable to give Redis at '\(address.endpoint)' its data: the server went away",
                    hints: ["Look at the server's log: it says what it did not like."]
                )
            }
            for step in try conversation.received(bytes) {
                switch step {
                case .send(let reply): try await link.send(reply)
                case .synchronise(let head):
                    try await link.send(head)
                    try await requireFetching()
                    isServer = true
                    while let piece = try await next() { try await link.send(piece) }
                case .loaded:
                    let count = try await send(commands, to: link)
                    guard count > 0 else { return }
                    sent = count
                case .done(let count): if let sent, count >= sent { return }
                }
            }
        }
    }

    /// Sends commands, and asks how far they were done; tells how many bytes they were.
    private func send(
        _ commands: () async throws(Fault) -> [UInt8]?,
        to link: RedisTransport
    ) async throws(Fault) -> UInt64 {
        var count: UInt64 = 0
        while let piece = try await commands() {
            try await link.send(piece)
            count += UInt64(piece.count)
        }
        if count > 0 {
            try await link.send(RedisCommand("REPLCONF", "GETACK", "*").encoded)
        }
        return count
    }

    /// Waits until the server says that it fetches data.
    ///
    /// It does so only when it was offered some, and nobody but who came has been.
    private func requireFetching() async throws(Fault) {
        let deadline = ContinuousClock.now + Self.greeting
        try await RedisConnection.with(address, patience: patience) {
            control async throws(Fault) in
            while try await control.info("replication")["master_sync_in_progress"] != "1" {
                guard ContinuousClock.now < deadline else {
                    throw Fault(
                        .redisHandover,
                        "unable to give Redis at '\(address.endpoint)' its data: somebody else came for it"
                    )
                }
                try await control.transport.pause(.milliseconds(20))
            }
        }
    }

    private func nobodyCame(_ listener: RedisListener, but stranger: Fault?) -> Fault {
        let fault = Fault(
            .redisHandover,
            "unable to give Redis at '\(address.endpoint)' its data: it did not come for it to "
                + "\(listener.host):\(listener.port) within \(arrival.components.seconds) s",
            hints: [
                "Name the address of this host that the server reaches, such as that of a "
                    + "container's network: --listen ADDRESS"
            ]
        )
        guard let stranger else { return fault }
        return fault.adding(hint: "Who came was sent away: \(stranger.message)")
    }

    private static func release(_ control: RedisConnection) async throws(Fault) {
        _ = try await control.command(RedisCommand("REPLICAOF", "NO", "ONE"))
    }

    /// The fault of an attempt, once the server is its own master again; with what to do when it cannot be.
    private func released(after fault: Fault) async -> Fault {
        do throws(Fault) {
            // Also when somebody gives the restore up: the server must not be left waiting.
            try await RedisConnection.with(
                address,
                patience: patience,
                heedsCancellation: false,
                Self.release
            )
            return fault
        } catch {
            return fault.adding(
                hint: "The server may still wait for us, and its clients cannot write: "
                    + "redis-cli REPLICAOF NO ONE (\(error.message))."
            )
        }
    }
}
