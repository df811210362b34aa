import Foundation
import Model
import PostgresWire
import TestKit
import Testing

@Suite(.serialized, .ownThreads) struct ServerTests {
    @Test func `every page of a checksummed cluster verifies, and damage does not`() throws {
        let server = try PostgresServer.make()
        try server.start()
        try server.run("pgbench", server.connectionArguments + ["-i", "-q", "-s", "2", "postgres"])
        try server.stop()
        try server.run("pg_checksums", ["--check", "-D", server.data.path])
        var totals = [0, 0, 0, 0]
        for (file, bytes) in try relationFiles(below: server.data) {
            totals = zip(totals, verdicts(file, bytes, start: nil)).map { $0 + $1 }
        }
        #expect(totals[0] > 3_000)
        #expect(totals[2...] == [0, 0])
        let path = server.data.appending(path: "global/pg_control")
        let bytes = [UInt8](try Data(contentsOf: path))
        let control = try ControlFile(parsing: bytes)
        let printed = try server.run("pg_controldata", ["-D", server.data.path])
        #expect(
            printed.contains("Database system identifier:           \(control.systemIdentifier)\n")
        )
        #expect(printed.contains("Latest checkpoint location:           \(control.checkpoint)\n"))
        #expect(printed.contains("Latest checkpoint's REDO location:    \(control.redo)\n"))
        #expect(control.state == .shutDown && control.hasDataChecksums)
        #expect(control.blockSize == 8192 && control.segmentSize == .standard)
        for index in stride(from: 0, to: 292, by: 3) {
            var damaged = bytes
            damaged[index] ^= 4
            #expect(throws: Fault.self) { try ControlFile(parsing: damaged) }
        }
    }

    @Test func `facts, queries and their errors`() throws {
        let server = try PostgresServer.make(checksums: false, initdb: ["--wal-segsize=4"])
        try server.start()
        let connection = try PostgresConnection.connect(
            parameters: [:],
            dsn: "postgresql://postgres@/postgres?host=\(server.root.path)"
        )
        let facts = try ServerFacts.read(connection)
        #expect(facts.dataDirectory == server.data.path)
        #expect(facts.version / 10_000 == 15 && facts.segmentSize.bytes == 4 << 20)
        #expect(!facts.hasDataChecksums && !facts.isInRecovery && facts.fullPageWrites)
        #expect(facts.databaseEncodings["postgres"] == "UTF8" && facts.walLevel == "replica")
        #expect(facts.tablespaceDirectory == "PG_15_202209061" && facts.timeline == 1)
        let rows = try connection.query("SELECT $1::int + 1, $2, NULL", parameters: ["41", "ä"])
        #expect(rows == [["42", "ä", nil]])
        #expect(try connection.queryBytes("SELECT '\\x00ff'::bytea") == [[[0, 255]]])
        #expect(try connection.query("SHOW statement_timeout") == [["0"]])
        let wrong = fault { _ = try connection.query("SELECT 1/0") }
        #expect(wrong?.code == .postgresQuery)
        #expect((wrong?.cause as? ServerError)?.sqlState == "22012")
        #expect(try connection.query("SELECT 1") == [["1"]])
        try server.kill9()
        let gone = fault { _ = try connection.query("SELECT pg_sleep(20)") }
        #expect(gone?.code == .postgresUnreachable)
        let refused = fault {
            _ = try PostgresConnection.connect(parameters: ["host": "/nonexistent"])
        }
        #expect(refused?.code == .postgresUnreachable && refused?.code.exit == .sourceUnreachable)
        let malformed = fault {
            _ = try PostgresConnection.connect(parameters: [:], dsn: "password=s3cret host")
        }
        #expect(
            malformed?.code == .invalidValue && malformed?.description.contains("s3cret") == false
        )
    }

    @Test func `refused roles give the right faults, without the password`() throws {
        let server = try PostgresServer.make(loopback: true)
        let rules =
            "local all postgres trust\nhost all app 127.0.0.1/32 scram-sha-256\n"
            + "host replication app 127.0.0.1/32 scram-sha-256\n"
        try Data(rules.utf8).write(to: server.data.appending(path: "pg_hba.conf"))
        try server.start()
        try server.psql("CREATE ROLE app LOGIN PASSWORD 'right'")
        try server.psql("CREATE ROLE other LOGIN PASSWORD 'right'")
        func connect(
            _ user: String,
            _ password: String,
            _ replication: PostgresConnection.Replication = .none
        ) throws -> PostgresConnection {
            try PostgresConnection.connect(
                parameters: [
                    "host": "127.0.0.1", "port": "\(server.port)", "user": user,
                    "password": password, "dbname": "postgres",
                ],
                replication: replication
            )
        }
        let wrong = fault { _ = try connect("app", "hunter2hunter2") }
        #expect(wrong?.code == .postgresAuthentication)
        #expect(wrong?.description.contains("hunter2") == false)
        let missing = fault { _ = try connect("app", "right", .physical) }
        #expect(missing?.code == .postgresRole)
        #expect(missing?.hints.first?.contains("ALTER ROLE \"app\" REPLICATION") == true)
        let host = fault { _ = try connect("other", "right") }
        #expect(host?.code == .postgresHostAccess)
        #expect(host?.hints.first?.contains("host all \"other\" 127.0.0.1/32") == true)
        let session = LowLevelBackup(try connect("app", "right"))
        let backup = fault { _ = try session.start(label: "x", fast: true) }
        #expect(backup?.code == .postgresRole)
        let grant =
            "GRANT EXECUTE ON FUNCTION pg_catalog.pg_backup_start(text, boolean),"
            + " pg_catalog.pg_backup_stop(boolean) TO \"app\";"
        #expect(backup?.hints.last?.contains(grant) == true)
        try server.psql("ALTER ROLE app REPLICATION")
        _ = try connect("app", "right", .physical)
    }

    @Test func `a low-level backup gives its label byte for byte`() throws {
        let server = try PostgresServer.make()
        try server.start()
        let session = LowLevelBackup(
            try PostgresConnection.connect(parameters: server.parameters)
        )
        let start = try session.start(label: "nächtlich", fast: true)
        let stop = try session.stop()
        #expect(start.timeline == 1 && stop.label.timeline == 1)
        #expect(stop.label.start == start.position && stop.position > start.position)
        #expect(stop.label.label == "nächtlich" && !stop.label.isFromStandby)
        #expect(stop.tablespaceMap.isEmpty)
        let text = String(decoding: stop.labelFile, as: UTF8.self)
        #expect(text.hasPrefix("START WAL LOCATION: \(start.position) (file "))
        let second = try session.start(label: "again", fast: true)
        #expect(second.position > start.position)
        session.abandon()
    }

    @Test func `heartbeats are in the log and count rows`() throws {
        let server = try PostgresServer.make()
        try server.start()
        try server.psql("CREATE TABLE calls AS SELECT generate_series(1, 120) AS n")
        try server.psql("DELETE FROM calls WHERE n <= 20")
        let heartbeat = Heartbeat(try PostgresConnection.connect(parameters: server.parameters))
        let deadline = ContinuousClock.now + .seconds(120)
        var receipt = try heartbeat.beat()
        let expected = HeartbeatPayload.Table(name: "public.calls", inserted: 120, deleted: 20)
        while receipt.payload.tables != [expected], ContinuousClock.now < deadline {
            receipt = try heartbeat.beat()
        }
        #expect(receipt.payload.tables == [expected])
        #expect(HeartbeatPayload(json: receipt.payload.json) == receipt.payload)
        #expect(receipt.payload.json.contains("\"tables\":[[\"public.calls\",120,20]]"))
        let age = WallClock().now() - receipt.payload.at
        #expect(age < .seconds(3_600) && age > .seconds(-3_600))
        // pg_waldump must be told where to stop, or it complains about the end of the log.
        let segment = try server.psql("SELECT pg_walfile_name(pg_current_wal_lsn())")
        let dump = try server.run(
            "pg_waldump",
            [
                "-p", "\(server.data.path)/pg_wal", "-r", "LogicalMessage",
                "-e", "\(receipt.position)", segment,
            ]
        )
        #expect(dump.contains("transactional") && dump.contains("\"lifeboat\""))
    }

    @Test func `a cancelled query ends soon and stops on the server too`() async throws {
        let server = try PostgresServer.make()
        try server.start()
        let parameters = server.parameters
        let clock = ContinuousClock()
        let begin = clock.now
        // A thread of its own cancels, since the query blocks a thread of the pool.
        let task = Task { () -> Fault.Code? in
            fault {
                let connection = try PostgresConnection.connect(parameters: parameters)
                _ = try connection.query("SELECT pg_sleep(600)")
            }?.code
        }
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: 1)
            task.cancel()
        }
        let caught = await task.value
        #expect(caught == .cancelled)
        #expect(clock.now - begin < .seconds(500))
        let running = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)'"
        while try server.psql(running) != "0", clock.now - begin < .seconds(550) {}
        #expect(try server.psql(running) == "0")
    }
}
