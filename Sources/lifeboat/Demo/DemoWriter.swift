import Model
import PostgresWire
import SystemIO

/// The life of the call center: one call after the other, each a transaction of its own, each in the ledger.
struct DemoWriter: Sendable {
    let postgres: DemoPostgres
    let ledger: DemoLedger

    private static let pause = Duration.milliseconds(10)

    /// Writes until it is told to stop; when this returns no transaction is open.
    func write(until isOver: @Sendable () -> Bool) async throws(Fault) {
        let connection = try postgres.connect()
        defer { connection.close() }
        while !isOver() {
            try add(connection)
            try await DemoClock.wait(Self.pause)
        }
    }

    /// Writes for some time, and so many calls at least, however slow the machine is.
    func write(for time: Duration, atLeast calls: Int) async throws(Fault) {
        let end = BootClock.now() + time
        let enough = ledger.entries.count + calls
        try await write { [ledger] in BootClock.now() >= end && ledger.entries.count >= enough }
    }

    /// Writes up to a whole second of the server's clock, lets it pass without a transaction, and gives it back.
    ///
    /// So it is certain what the database held at that second.
    func writeToWholeSecond() async throws(Fault) -> Instant {
        let connection = try postgres.connect()
        defer { connection.close() }
        while true {
            let second = Instant(seconds: try Self.clock(connection).seconds + 2)
            while try Self.clock(connection) < second - .milliseconds(100) {
                try add(connection)
                try await DemoClock.wait(Self.pause)
            }
            while try Self.clock(connection) < second + .milliseconds(50) {
                try await DemoClock.wait(Self.pause)
            }
            // On a busy machine one call can take so long that it ends behind the second.
            if ledger.committed(by: second).count == ledger.entries.count { return second }
        }
    }

    private func add(_ connection: PostgresConnection) throws(Fault) {
        let marker = Hexadecimal.encode(RandomBytes.make(8))
        let rows = try connection.query(
            """
            INSERT INTO calls (seconds, agent, caller, language, marker)
            VALUES (0, $1::integer, '+380' || $1::integer, 'uk', $2)
            RETURNING id, \(Self.microseconds)
            """,
            parameters: ["\(Int.random(in: 1...60))", marker]
        )
        let after = try Self.clock(connection)
        guard let row = rows.first, row.count == 2, let id = row[0].flatMap({ Int64($0) }),
            let before = row[1].flatMap({ Int64($0) })
        else { throw Fault(.demoServer, "unable to write a call: the server gave nothing back") }
        try ledger.add(
            DemoEntry(
                id: id,
                marker: marker,
                before: Instant(nanoseconds: before * 1000),
                after: after
            )
        )
    }

    /// The server's clock, microseconds since 1970.
    private static let microseconds =
        "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

    static func clock(_ connection: PostgresConnection) throws(Fault) -> Instant {
        let rows = try connection.query("SELECT \(microseconds)")
        guard let text = rows.first?.first ?? nil, let time = Int64(text) else {
            throw Fault(.demoServer, "unable to read the server's clock: it gave nothing back")
        }
        return Instant(nanoseconds: time * 1000)
    }
}
