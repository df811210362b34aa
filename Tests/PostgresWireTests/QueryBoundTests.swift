import Model
import PostgresWire
import TestKit
import Testing

/// What a server answers is bounded, whatever it sends.
@Suite(.serialized, .ownThreads) struct QueryBoundTests {
    @Test func `rows without an end are refused before they fill the memory`() throws {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        for sql in [
            "SELECT repeat('x', 1000000) FROM generate_series(1, 1000000)",
            "SELECT NULL, NULL FROM generate_series(1, 100000000)",
        ] {
            let connection = try PostgresConnection.connect(parameters: server.parameters)
            let text = fault { _ = try connection.query(sql) }
            #expect(text?.code == .postgresProtocol)
            #expect(text?.message.contains("its answer is larger than 256") == true)
            let gone = fault { _ = try connection.query("SELECT 1") }
            #expect(gone?.code == .postgresUnreachable)
        }
        let connection = try PostgresConnection.connect(parameters: server.parameters)
        let bytes = fault {
            _ = try connection.queryBytes(
                "SELECT convert_to(repeat('x', 1000000), 'UTF8') FROM generate_series(1, 1000000)"
            )
        }
        #expect(bytes?.code == .postgresProtocol)
    }

    @Test func `rows come whole and in order, those of the last statement`() throws {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let connection = try PostgresConnection.connect(parameters: server.parameters)
        let many = try connection.query("SELECT g, 'v' || g FROM generate_series(1, 100000) g")
        #expect(many.count == 100_000 && many.last == ["100000", "v100000"])
        #expect(try connection.query("SELECT 1; VALUES (2), (3)") == [["2"], ["3"]])
        #expect(try connection.query("VALUES (2), (3); CREATE TEMP TABLE x ()") == [])
        #expect(try connection.query("VALUES (2), (3); SELECT 1 WHERE false") == [])
        #expect(try connection.query("") == [])
        let wrong = fault {
            _ = try connection.query("SELECT 1 / (5 - g) FROM generate_series(1, 10) g")
        }
        #expect((wrong?.cause as? ServerError)?.sqlState == "22012")
        #expect(try connection.query("SELECT $1", parameters: ["a"]) == [["a"]])
    }
}
