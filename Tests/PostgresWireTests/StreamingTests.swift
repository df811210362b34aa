import Foundation
import Model
import PostgresWire
import TestKit
import Testing

@Suite(.serialized, .ownThreads) struct StreamingTests {
    private func session(_ server: PostgresServer) throws -> ReplicationSession {
        let connection = try PostgresConnection.connect(
            parameters: server.parameters,
            replication: .physical
        )
        return ReplicationSession(connection, timekeeper: WallClock())
    }

    /// Receives until a position is reached; the pieces must join without a gap.
    private func receive(
        _ session: ReplicationSession,
        from start: LSN,
        until end: LSN
    ) throws -> [UInt8] {
        var log: [UInt8] = []
        let deadline = ContinuousClock.now + .seconds(300)
        while start + UInt64(log.count) < end, ContinuousClock.now < deadline {
            switch try session.nextMessage(waitingUpTo: .seconds(1)) {
            case .wal(let position, let bytes, let serverEnd, _):
                #expect(position == start + UInt64(log.count))
                log += bytes
                let reached = start + UInt64(log.count)
                #expect(reached <= serverEnd)
                try session.sendStatus(written: reached, flushed: reached, applied: LSN(0))
            case .keepalive(_, _, let replyRequested):
                let reached = start + UInt64(log.count)
                if replyRequested {
                    try session.sendStatus(written: reached, flushed: reached, applied: LSN(0))
                }
            case .endOfTimeline: Issue.record("the timeline ended")
            case nil: break
            }
        }
        return log
    }

    @Test func `the streamed log equals the server's segment files`() throws {
        let server = try PostgresServer.make(initdb: ["--wal-segsize=1"])
        try server.start()
        let session = try session(server)
        let identity = try session.identifySystem()
        #expect(try session.show("wal_segment_size") == "1MB")
        try session.createSlot("lifeboat_main", reserveWAL: true)
        let position = try #require(try session.readSlot("lifeboat_main")?.restartPosition)
        #expect(try session.readSlot("nobody") == nil)
        let size = try #require(SegmentSize(bytes: 1 << 20))
        let first = try #require(
            SegmentName(timeline: identity.timeline, containing: position, size: size)
        )
        try session.startReplication(
            slot: "lifeboat_main",
            from: first.start,
            timeline: identity.timeline
        )
        try server.psql("CREATE TABLE t AS SELECT n, md5(n::text) FROM generate_series(1, 50000) n")
        try server.psql("SELECT pg_switch_wal()")
        let end = try #require(LSN(try server.psql("SELECT pg_current_wal_lsn()")))
        let log = try receive(session, from: first.start, until: end)
        var name = first
        var compared = 0
        while name.end <= end, let next = name.next {
            let file = server.data.appending(path: "pg_wal/\(name)")
            let bytes = [UInt8](try Data(contentsOf: file))
            let offset = Int(name.start - first.start)
            #expect(bytes == Array(log[offset..<offset + bytes.count]), "\(name) differs")
            compared += 1
            name = next
        }
        #expect(compared >= 3)
        try checkSlot(server, session, end)
    }

    private func checkSlot(
        _ server: PostgresServer,
        _ session: ReplicationSession,
        _ end: LSN
    ) throws {
        let sql = try PostgresConnection.connect(parameters: server.parameters)
        let deadline = ContinuousClock.now + .seconds(120)
        var slot = try #require(try sql.replicationSlot("lifeboat_main"))
        // The server writes a record of its own now and then, so it may be further by now.
        while (slot.restartPosition ?? LSN(0)) < end, ContinuousClock.now < deadline {
            _ = try session.nextMessage(waitingUpTo: .milliseconds(50))
            slot = try #require(try sql.replicationSlot("lifeboat_main"))
        }
        #expect(slot.isActive && slot.walStatus == .reserved)
        #expect(try #require(slot.restartPosition) >= end)
        #expect(try sql.replicationSlot("nobody") == nil)
        let row = try sql.query(
            "SELECT replay_lsn <= flush_lsn, application_name FROM pg_stat_replication"
        )
        #expect(row == [["t", "lifeboat"]] || row == [[nil, "lifeboat"]])
        let other = try self.session(server)
        #expect(fault { try other.dropSlot("lifeboat_main") }?.code == .postgresSlot)
        #expect(
            fault {
                try other.startReplication(slot: "lifeboat_main", from: end, timeline: 1)
            }?.code == .postgresSlot
        )
        #expect(
            fault { try other.startReplication(slot: "missing", from: end, timeline: 1) }?.code
                == .postgresSlot
        )
        #expect(
            fault { try other.createSlot("lifeboat_main", reserveWAL: false) }?.code
                == .postgresSlot
        )
        try session.stopReplication()
        #expect(try session.identifySystem().timeline == 1)
        try session.dropSlot("lifeboat_main")
        #expect(try sql.replicationSlot("lifeboat_main") == nil)
    }

    @Test func `a promotion ends the timeline and its history can be fetched`() async throws {
        let primary = try PostgresServer.make()
        try primary.start()
        let standby = try PostgresServer.emptyDirectory()
        let copy = try ClusterCopy(root: standby.data)
        let source = try session(primary)
        try await BaseBackup(label: "standby").run(on: source.connection) { event throws(Fault) in
            do { try copy.take(event) } catch {
                throw Fault(.invalidValue, "unable to place '\(event)'", cause: error)
            }
        }
        try Data().write(to: standby.data.appending(path: "standby.signal"))
        let origin = "host=\(primary.root.path) port=\(primary.port) user=postgres"
        try standby.adoptData(settings: ["primary_conninfo": "'\(origin)'", "hot_standby": "on"])
        try standby.start()
        try primary.psql("CREATE TABLE t AS SELECT generate_series(1, 1000) AS n")
        let session = try session(standby)
        let identity = try session.identifySystem()
        #expect(identity.timeline == 1)
        #expect(try session.timelineHistory(1) == nil)
        let facts = try ServerFacts.read(
            PostgresConnection.connect(parameters: standby.parameters)
        )
        #expect(facts.isInRecovery && facts.timeline == 1)
        let first = try #require(
            SegmentName(timeline: 1, containing: copy.stop, size: facts.segmentSize)
        )
        try session.startReplication(slot: nil, from: first.start, timeline: 1)
        try standby.psql("SELECT pg_promote(wait_seconds => 300)")
        var ended: (timeline: UInt32, position: LSN)?
        let deadline = ContinuousClock.now + .seconds(300)
        while ended == nil, ContinuousClock.now < deadline {
            if case .endOfTimeline(let next, let position) = try session.nextMessage(
                waitingUpTo: .seconds(1)
            ) {
                ended = (next, position)
            }
        }
        let end = try #require(ended)
        #expect(end.timeline == 2)
        let file = try #require(try session.timelineHistory(2))
        #expect(file.name == "00000002.history")
        let stored = try Data(contentsOf: standby.data.appending(path: "pg_wal/\(file.name)"))
        #expect([UInt8](stored) == file.bytes)
        let history = try TimelineHistory(timeline: 2, parsing: file.bytes)
        #expect(history.switchPoint(of: 1) == end.position)
        try session.startReplication(slot: nil, from: end.position, timeline: 1)
        #expect(
            try session.nextMessage(waitingUpTo: .seconds(120))
                == .endOfTimeline(nextTimeline: 2, switchPoint: end.position)
        )
        try session.startReplication(slot: nil, from: end.position, timeline: 2)
        #expect(try session.nextMessage(waitingUpTo: .seconds(120)) != nil)
    }
}
