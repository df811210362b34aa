import Foundation
import Model
import PostgresWire
import SystemIO
import TestKit
import Testing

/// Servers that refuse: who does what the fault says gets in.
@Suite(.serialized, .ownThreads) struct MendingHintTests {
    /// The statements that a hint names.
    private func statements(_ hints: [String]) -> [String] {
        let text = hints.joined(separator: " ")
        return ["ALTER ", "CREATE ROLE ", "GRANT "].flatMap { verb in
            text.components(separatedBy: verb).dropFirst().compactMap { rest in
                rest.firstIndex(of: ";").map { verb + rest[..<$0] }
            }
        }
    }

    private func connect(
        _ server: PostgresServer,
        as user: String,
        _ replication: PostgresConnection.Replication = .none
    ) throws -> PostgresConnection {
        try PostgresConnection.connect(
            parameters: server.parameters.merging(["user": user]) { $1 },
            replication: replication
        )
    }

    @Test func `a server without senders of its log starts with what is named`() throws {
        let server = try PostgresServer.make(settings: [
            "wal_level": "minimal", "max_wal_senders": "0",
        ])
        defer { server.remove() }
        try server.start()
        let refused = fault { _ = try connect(server, as: "postgres", .physical) }
        #expect(refused?.code.id == "E-PG-UNREACHABLE")
        let statements = statements(refused?.hints ?? [])
        #expect(statements.count == 2, "\(refused?.hints ?? [])")
        for statement in statements { try server.psql(statement) }
        try server.stop()
        try server.start()
        _ = try connect(server, as: "postgres", .physical)
    }

    @Test func `a role gets what it lacks, one thing after the other`() throws {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let user = "the \"boat\""
        let missing = fault { _ = try connect(server, as: user) }
        #expect(missing?.code.id == "E-PG-AUTH")
        let create = try #require(
            statements(missing?.hints ?? []).first { $0.hasPrefix("CREATE ROLE") }
        )
        try server.psql(create)
        _ = try connect(server, as: user)
        let role = "\"the \"\"boat\"\"\""
        for loss in [
            "ALTER ROLE \(role) NOLOGIN", "ALTER ROLE \(role) NOREPLICATION",
            "REVOKE CONNECT ON DATABASE postgres FROM public",
        ] {
            try server.psql(loss)
            let refused = fault {
                _ = try connect(server, as: user)
                _ = try connect(server, as: user, .physical)
            }
            #expect(refused?.code.exit == .sourceUnreachable, "\(loss)")
            let mends = statements(refused?.hints ?? []).filter { !$0.hasPrefix("CREATE") }
            #expect(mends.count == 1, "\(loss): \(refused?.hints ?? [])")
            for statement in mends { try server.psql(statement) }
            _ = try connect(server, as: user)
            _ = try connect(server, as: user, .physical)
        }
    }

    @Test func `a line of pg_hba that is printed lets the connection in`() throws {
        let server = try PostgresServer.make()
        defer { server.remove() }
        let rules = server.data.appending(path: "pg_hba.conf")
        try Data("local all postgres trust\n".utf8).write(to: rules)
        try server.start()
        try server.psql("create role boat login replication")
        for replication in [PostgresConnection.Replication.none, .physical] {
            let refused = fault { _ = try connect(server, as: "boat", replication) }
            #expect(refused?.code.id == "E-PG-HBA")
            let hint = refused?.hints.first ?? ""
            let line = try #require(
                hint.components(separatedBy: "Add to pg_hba.conf: ").last?
                    .components(separatedBy: " - ").first
            )
            // The role has no password here.
            let text = line.replacing("scram-sha-256", with: "trust") + "\n"
            let before = try String(contentsOf: rules, encoding: .utf8)
            try (before + text).write(to: rules, atomically: false, encoding: .utf8)
            #expect(hint.contains("SELECT pg_reload_conf();"))
            try server.psql("SELECT pg_reload_conf()")
            let limit = ContinuousClock.now + .seconds(300)
            var last = fault { _ = try connect(server, as: "boat", replication) }
            while last != nil, ContinuousClock.now < limit {
                last = fault { _ = try connect(server, as: "boat", replication) }
            }
            #expect(last == nil, "\(last?.message ?? "")")
        }
    }

    @Test func `a slot of logical replication is told from one of ours`() throws {
        let server = try PostgresServer.make(settings: ["wal_level": "logical"])
        defer { server.remove() }
        try server.start()
        try server.psql("select pg_create_logical_replication_slot('taken', 'pgoutput')")
        let connection = try connect(server, as: "postgres", .physical)
        let session = ReplicationSession(connection, timekeeper: SystemClock())
        let refused = fault { _ = try session.readSlot("taken") }
        #expect(refused?.code.id == "E-PG-SLOT")
        #expect(refused?.hints.first?.contains("wal: {slot: NAME}") == true)
        let sql = try connect(server, as: "postgres")
        let told = fault { _ = try sql.replicationSlot("taken") }
        #expect(told?.code.id == "E-PG-SLOT")
        #expect(told?.hints.first?.contains("wal: {slot: NAME}") == true)
        #expect(try session.readSlot("free") == nil)
    }
}
