import Synchronization
import TestKit
import Testing

/// What the service that receives the log tells of itself.
@Suite(.serialized, .ownThreads) struct LogServiceTests {
    @Test func `that there are no heartbeats is said once, and that they are back`() async throws {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        try server.psql("create role copier login replication")
        try server.psql("revoke connect on database postgres from public")
        let cluster = try await ProtectedCluster(server: server)
        let notes = { @Sendable (word: String) in
            cluster.notes.withLock { notes in notes.filter { $0.contains(word) } }
        }
        try await cluster.receiving(parameters: ["user": "copier"]) {
            let limit = ContinuousClock.now + .seconds(300)
            while notes("no heartbeat").isEmpty, ContinuousClock.now < limit {
                try await Task.sleep(for: .milliseconds(50))
            }
            // Several more were due.
            try await Task.sleep(for: .seconds(3))
            #expect(notes("no heartbeat").count == 1, "\(notes("no heartbeat"))")
            #expect(notes("written again").isEmpty)
            try server.psql("grant connect on database postgres to copier")
            try await cluster.waitForHeartbeat(after: cluster.now())
        }
        #expect(notes("no heartbeat").count == 1 && notes("written again").count == 1)
    }
}
