public import Model

/// Takes a snapshot of a running Redis server by acting as a new replica of it.
///
/// The server forks and sends an RDB, straight from memory where it has `repl-diskless-sync yes`.
/// Its configuration is never changed and no `SAVE` or `BGSAVE` is asked for. What it costs the
/// server is one fork; how long it waits before is its `repl-diskless-sync-delay`.
public struct RedisSnapshotReader: Sendable {
    /// Pieces of the RDB are at least this long, except for the last one.
    public static let leastPiece = ByteCount(128 * 1024)

    private let address: RedisAddress
    private let patience: RedisPatience

    /// Makes a reader for one server; its silence limit holds for every single wait, also before
    /// the first byte.
    public init(address: RedisAddress, patience: RedisPatience = .standard) {
        self.address = address
        self.patience = patience
    }

    /// Reads one snapshot and hands its RDB on in pieces of about 128 to 256 KiB, in order.
    ///
    /// Nothing more is read from the server while `consume` runs, so memory stays bounded; a server
    /// drops a replica that makes it wait longer than its `repl-timeout` (60 s). Every piece was
    /// checked for structure before it is handed on. Only when this returns is the RDB known to be
    /// whole; after a fault discard what was consumed.
    ///
    /// - Throws: `redisUnreachable`, `redisAuthentication`, `redisPermission`, `redisLoading`,
    ///   `redisNotReady`, `redisRefused`, `redisClosed`, `redisSilent`, `redisProtocol`,
    ///   `cancelled`; `rdbDamaged` or `rdbUnsupported` when the RDB does not read well; and
    ///   whatever `consume` throws.
    public func read(
        _ consume: (_ piece: [UInt8]) async throws(Fault) -> Void
    ) async throws(Fault) -> RedisSnapshotFacts {
        try await readRecords { piece, _ async throws(Fault) in try await consume(Array(piece)) }
    }

    /// Reads one snapshot as ``read(_:)`` does, each piece with where in it keys and other records begin.
    ///
    /// - Throws: as ``read(_:)``.
    public func readRecords(
        _ consume: (_ piece: ArraySlice<UInt8>, _ starts: [Int]) async throws(Fault) -> Void
    ) async throws(Fault) -> RedisSnapshotFacts {
        let connection = try await connect()
        do {
            let facts = try await transfer(over: connection.transport, consume)
            await connection.close()
            return facts
        } catch {
            await connection.close()
            throw error
        }
    }

    private func transfer(
        over transport: RedisTransport,
        _ consume: (_ piece: ArraySlice<UInt8>, _ starts: [Int]) async throws(Fault) -> Void
    ) async throws(Fault) -> RedisSnapshotFacts {
        var machine = RedisSnapshotTransfer(address: address)
        var splitter = RDBSplitter(countingExpiredBy: nil)
        var piece: [UInt8] = []
        var step = machine.begin()
        while true {
            if case .send(let command) = step { try await transport.send(command.encoded) }
            let isAtEnd = step == .complete || step == .perhapsComplete
            if isAtEnd || Int64(piece.count) >= Self.leastPiece.bytes {
                let (known, starts) = try splitter.feedRecords(piece)
                if !known.isEmpty { try await consume(known, starts) }
                piece = []
                piece.reserveCapacity(2 * Int(Self.leastPiece.bytes))
            }
            // Without a mark the announced length is the end, so an unfinished RDB is a damaged
            // one.
            if step == .complete || isAtEnd && splitter.isComplete {
                return RedisSnapshotFacts(
                    replicationID: machine.replicationID,
                    offset: machine.offset,
                    isDiskless: machine.isDiskless,
                    rdb: try splitter.finish()
                )
            }
            guard let bytes = try await transport.receive(within: patience.silence) else {
                throw ended(duringBody: machine.isReceivingBody)
            }
            step = try machine.received(bytes, body: &piece)
        }
    }

    /// Connects; waits while the server loads its data, since it makes no snapshot before.
    private func connect() async throws(Fault) -> RedisConnection {
        let connection = try await RedisConnection.connect(to: address, patience: patience)
        do {
            _ = try await connection.command(RedisCommand("PING"))
        } catch  where error.code == .redisPermission {
            // PING only tells about loading; the snapshot itself needs no right to it.
        }
        return connection
    }

    private func ended(duringBody: Bool) -> Fault {
        Fault(
            .redisClosed,
            "unable to take a snapshot of Redis at '\(address.endpoint)': "
                + "the server ended the connection " + (duringBody ? "inside" : "before")
                + " the RDB",
            hints: [
                "Look at the server's log: its fork may have failed for lack of memory "
                    + "(vm.overcommit_memory), or its repl-timeout is too short."
            ]
        )
    }
}
