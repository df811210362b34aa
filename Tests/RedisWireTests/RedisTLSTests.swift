import Model
import RedisWire
import SystemPackage
import TestKit
import Testing

/// Against a real redis-server with TLS.
@Suite(.serialized, .ownThreads) struct RedisTLSTests {
    /// A server that takes TLS only, and wants the certificate of its clients when asked to.
    private static func server(
        _ certificate: TestCertificate,
        wantsClients: Bool
    ) throws -> (server: RedisServer, port: Int) {
        let server = try RedisServer(stopped: ())
        let port = server.securePort
        try server.start([
            "--tls-port", "\(port)", "--tls-cert-file", certificate.certificate.string,
            "--tls-key-file", certificate.key.string, "--tls-ca-cert-file",
            certificate.certificate.string, "--tls-auth-clients", wantsClients ? "yes" : "no",
            "--repl-diskless-sync-delay", "0",
        ])
        return (server, port)
    }

    /// For a server that is slow to shake hands.
    private static let patience = RedisPatience(
        connecting: .seconds(120),
        silence: .seconds(120),
        loading: .seconds(120),
        retryInterval: .milliseconds(200)
    )

    private static func address(_ port: Int, _ tls: RedisTLS) -> RedisAddress {
        RedisAddress(endpoint: .tcp(host: "127.0.0.1", port: port), tls: tls)
    }

    @Test func `a snapshot over TLS with a certificate of ours is the same`() async throws {
        let certificate = try await TestCertificate()
        let (server, port) = try Self.server(certificate, wantsClients: true)
        defer { server.remove() }
        let plain = RedisAddress(endpoint: .socket(path: server.socketPath))
        let expected = try await RedisFilling.fill(plain, count: 20_000)
        let path = certificate.certificate.string
        let tls = RedisTLS(authority: path, certificate: path, key: certificate.key.string)
        let secured = Self.address(port, tls)
        let reader = RedisSnapshotReader(address: secured, patience: Self.patience)
        let facts = try await reader.read { _ in }
        #expect(facts.rdb.databases.mapValues(\.keys) == expected.keys)
        #expect(facts.rdb.isChecksummed)
        // Several commands at once, and a command after a pause.
        let connection = try await RedisConnection.connect(to: secured, patience: Self.patience)
        let replies = try await connection.replies(
            to: (0..<500).map {
                RedisCommand("SET", "k\($0)", String(repeating: "x", count: 2_000))
            }
        )
        #expect(replies.allSatisfy { $0 == .status("OK") })
        #expect(try await connection.info("server")["redis_version"] == "7.0.15")
        await connection.close()
    }

    @Test func `who cannot prove who it is gets nothing, and is told why`() async throws {
        let certificate = try await TestCertificate()
        let other = try await TestCertificate()
        let (server, port) = try Self.server(certificate, wantsClients: true)
        defer { server.remove() }
        let own = certificate.certificate.string
        let foreign = other.certificate.string
        for (tls, fact) in [
            (RedisTLS(), "its certificate is not one that we trust"),
            (RedisTLS(authority: foreign), "its certificate is not one that we trust"),
            (RedisTLS(authority: own), "tls: {certificate: FILE, key: FILE}"),
            (
                RedisTLS(authority: own, certificate: foreign, key: other.key.string),
                "tls: {certificate: FILE, key: FILE}"
            ),
            (RedisTLS(authority: "/nowhere/ca.pem"), "it is missing or not in PEM form"),
            (RedisTLS(authority: own, certificate: own, key: own), "not in PEM form"),
        ] {
            let fault = await #expect(throws: Fault.self, "\(tls)") {
                let connection = try await RedisConnection.connect(
                    to: Self.address(port, tls),
                    patience: Self.patience
                )
                _ = try await connection.keyCount()
            }
            // A connection that was ended may be noticed before the reason for it.
            #expect([.redisTLS, .redisClosed].contains(fault?.code))
            #expect(fault?.code.exit == .sourceUnreachable)
            #expect(fault?.description.contains(fact) == true, "\(String(describing: fault))")
            #expect(fault?.hints.isEmpty == false)
        }
    }

    @Test func `a port without TLS is not waited for for ever`() async throws {
        let server = try RedisServer()
        defer { server.remove() }
        var patience = RedisPatience.standard
        patience.connecting = .milliseconds(500)
        let fault = await #expect(throws: Fault.self) {
            let address = Self.address(server.port, RedisTLS())
            _ = try await RedisConnection.connect(to: address, patience: patience)
        }
        #expect([.redisUnreachable, .redisTLS].contains(fault?.code))
    }

    @Test func `clients need no certificate where the server wants none`() async throws {
        let certificate = try await TestCertificate()
        let (server, port) = try Self.server(certificate, wantsClients: false)
        defer { server.remove() }
        let path = certificate.certificate.string
        let connection = try await RedisConnection.connect(
            to: Self.address(port, RedisTLS(authority: path)),
            patience: Self.patience
        )
        #expect(try await connection.keyCount() == 0)
        await connection.close()
    }
}
