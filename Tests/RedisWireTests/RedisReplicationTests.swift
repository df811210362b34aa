import RedisWire
import Testing

@Suite struct RedisReplicationTests {
    @Test func `a master tells of its replicas, and who only takes a snapshot is none`() throws {
        let master = try #require(
            RedisReplication(info: [
                "role": "master", "connected_slaves": "3", "master_replid": "ab",
                "master_repl_offset": "1000",
                "slave0": "ip=10.0.0.2,port=6380,state=online,offset=990,lag=1",
                "slave1": "ip=10.0.0.3,port=0,state=wait_bgsave,offset=0,lag=0",
                "slave2": "ip=fe80::1,port=6381,state=send_bulk,offset=0,lag=0,type=replica",
            ])
        )
        #expect(master.link == nil)
        #expect(master.replicas.count == 2)
        #expect(
            master.lines == [
                "replica 10.0.0.2:6380 follows, 10 B behind, heard 1 s ago",
                "replica [fe80::1]:6381 is not in step: it gets all data anew",
            ]
        )
        #expect(master.findings.map(\.fact) == [master.lines[1]])
        #expect(master.findings.allSatisfy { !$0.preventsSnapshots })
    }

    @Test(
        arguments: [
            ("up", "3", "0", "it is a replica of m:6379, heard 3 s ago", nil),
            ("up", "45", "0", "it is a replica of m:6379, heard 45 s ago", false),
            ("down", "7", "0", "it is a replica of m:6379 and has lost it, for 7 s", true),
            ("down", "-1", "1", "it is a replica of m:6379 and gets all data anew", true),
        ] as [(String, String, String, String, Bool?)]
    )
    func `a replica tells of its link`(
        status: String,
        seconds: String,
        synchronising: String,
        text: String,
        preventing: Bool?
    ) throws {
        let field =
            status == "up" ? "master_last_io_seconds_ago" : "master_link_down_since_seconds"
        let replica = try #require(
            RedisReplication(info: [
                "role": "slave", "master_host": "m", "master_port": "6379",
                "master_link_status": status, field: seconds,
                "master_sync_in_progress": synchronising, "connected_slaves": "0",
            ])
        )
        #expect(replica.lines == [text])
        #expect(replica.findings.map(\.preventsSnapshots) == (preventing.map { [$0] } ?? []))
    }

    @Test func `nonsense is no replica`() {
        #expect(RedisReplication(info: [:]) == nil)
        let odd = RedisReplication(info: [
            "role": "master", "connected_slaves": "99999999999", "slave0": "ip,port=1,=,",
            "slave1": "ip=a,port=x", "slave2": "",
        ])
        #expect(odd?.replicas == [])
    }

    @Test func `a replica stands for its master with all that this had, and no other`() throws {
        func server(_ role: String, _ id: String, _ offset: Int, _ link: String) throws
            -> RedisReplication
        {
            try #require(
                RedisReplication(info: [
                    "role": role, "master_replid": id, "master_repl_offset": "\(offset)",
                    "master_host": "db", "master_port": "6379", "master_link_status": link,
                ])
            )
        }
        let master = try server("master", "aa", 100, "up")
        #expect(try master.doubt(about: server("slave", "aa", 100, "up")) == nil)
        #expect(try master.doubt(about: server("slave", "aa", 123, "up")) == nil)
        let behind = try master.doubt(about: server("slave", "aa", 98, "up"))
        #expect(behind == "is 2 B behind what the server had")
        let other = "does not confirm to be one of this server"
        #expect(try master.doubt(about: server("slave", "bb", 100, "up")) == other)
        #expect(try master.doubt(about: server("slave", "aa", 100, "down")) == other)
        #expect(try master.doubt(about: server("master", "aa", 100, "up")) == other)
    }
}
