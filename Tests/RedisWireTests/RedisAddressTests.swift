import Model
import RedisWire
import Testing

@Suite struct RedisAddressTests {
    @Test(
        arguments: [
            ("redis://host", RedisEndpoint.tcp(host: "host", port: 6379), nil, nil, nil),
            ("redis://host:1/3", .tcp(host: "host", port: 1), nil, nil, 3),
            ("redis://u:p@[::1]:7000/", .tcp(host: "::1", port: 7000), "u", "p", nil),
            ("redis://:a%40b:@c@h:2", .tcp(host: "h", port: 2), nil, "a@b:@c", nil),
            ("unix:///run/redis@1/r.sock", .socket(path: "/run/redis@1/r.sock"), nil, nil, nil),
            ("unix://u:p@/r.sock?db=2", .socket(path: "/r.sock"), "u", "p", 2),
        ] as [(String, RedisEndpoint, String?, String?, Int?)]
    )
    func `reads an address`(
        text: String,
        endpoint: RedisEndpoint,
        user: String?,
        password: String?,
        database: Int?
    ) throws {
        let address = try RedisAddress(parsing: text)
        #expect(
            address
                == RedisAddress(
                    endpoint: endpoint,
                    user: user,
                    password: password,
                    database: database
                )
        )
    }

    @Test(arguments: [
        "", "host", "http://sesame", "redis://", "redis://sesame@host", "redis://u:@host",
        "redis://:sesame@host:0", "redis://:sesame@host:70000", "redis://:sesame@host:x",
        "redis://:sesame@host:+1", "redis://:sesame%4@host", "redis://:sesame%ff@host",
        "redis://:sesame@host/x", "redis://:sesame@host/-1", "redis://:sesame@[::1",
        "rediss://:sesame@host:0", "unix://relative", "unix://:sesame@/", "unix://u:sesame@rel/x",
        "redis://:sesame@host/99999999999",
    ])
    func `refuses what is no address without repeating it`(text: String) {
        let fault = #expect(throws: Fault.self) { try RedisAddress(parsing: text) }
        #expect(fault?.code == .redisAddress)
        #expect(fault?.description.contains("sesame") == false)
    }

    @Test func `rediss is the same with TLS`() throws {
        let address = try RedisAddress(parsing: "rediss://u:p@h:1/2")
        let plain = try RedisAddress(parsing: "redis://u:p@h:1/2")
        #expect(address.tls == RedisTLS())
        #expect(plain.tls == nil)
        #expect(address.endpoint == plain.endpoint && address.database == 2)
        #expect(address.description == "rediss://u:***@h:1/2")
    }

    @Test(arguments: ["redis://u:***@h:1/2", "redis://:***@h:1", "unix://u:***@/s?db=1"])
    func `the password is never shown`(masked: String) throws {
        let text = masked.replacing("***", with: "sesame")
        let address = try RedisAddress(parsing: text)
        #expect(address.description == masked)
        var dumped = ""
        dump(address, to: &dumped)
        for shown in ["\(address)", String(reflecting: address), dumped, "\([address])"] {
            #expect(!shown.contains("sesame"))
        }
    }
}
