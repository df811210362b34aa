import RedisWire
import Testing

@Suite struct ServerVersionTests {
    @Test(
        arguments: [
            (.redis, "6.2.6", .redis, 9, 10), (.redis, "7.0.15", .redis, 10, 11),
            (.redis, "7.2.4", .redis, 11, 12), (.redis, "7.4.1", .redis, 12, nil),
            (.redis, "8.2.3", .redis, 12, nil), (.redis, "9.0", .redis, 12, nil),
            (.redis, "8.2.3", .valkey, nil, 80), (.valkey, "8.0.1", .redis, 11, 12),
            (.valkey, "8.0.1", .valkey, nil, 80), (.valkey, "9.1.2", .redis, 11, 12),
            (.valkey, "9.1.2", .valkey, 80, nil),
        ] as [(ServerVersion.Kind, String, RDBDialect, Int?, Int?)]
    )
    func `a server loads what is not newer and of its kind`(
        kind: ServerVersion.Kind,
        text: String,
        dialect: RDBDialect,
        loaded: Int?,
        refused: Int?
    ) throws {
        let server = try #require(ServerVersion(kind, text))
        for (version, isLoaded) in [(loaded, true), (refused, false)] {
            guard let version else { continue }
            let builder =
                dialect == .redis ? RDBBuilder(version: version) : RDBBuilder(valkey: version)
            let rdb = try RDBParserTests.read([builder.finished()])
            #expect(server.loads(rdb) == isLoaded, "\(server) and \(version)")
        }
    }

    @Test func `Valkey is told from the Redis that it says it is`() throws {
        let info = ["redis_version": "7.2.4", "valkey_version": "9.1.2"]
        let server = try #require(ServerVersion(info: info))
        #expect(server.kind == .valkey)
        #expect("\(server)" == "Valkey 9.1.2")
        #expect(ServerVersion(info: [:]) == nil)
        #expect(ServerVersion(.redis, "unknown") == nil)
    }
}
