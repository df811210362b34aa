import Model
import NIOCore
import NIOSSL

/// TLS for one connection, its files read.
struct TransportSecurity: Sendable {
    private let context: NIOSSLContext
    private let name: String?

    /// Reads the files.
    ///
    /// - Throws: `redisTLS` when one cannot be read or is not what it should be.
    init(_ tls: RedisTLS, for endpoint: RedisEndpoint) throws(Fault) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let path = tls.authority {
            let trusted = try Self.read("authorities", path) {
                try NIOSSLCertificate.fromPEMFile(path)
            }
            configuration.trustRoots = .certificates(trusted)
        }
        if let path = tls.certificate {
            let chain = try Self.read("certificate", path) {
                try NIOSSLCertificate.fromPEMFile(path)
            }
            configuration.certificateChain = chain.map { .certificate($0) }
        }
        if let path = tls.key {
            let key = try Self.read("key", path) { try NIOSSLPrivateKey(file: path, format: .pem) }
            configuration.privateKey = .privateKey(key)
        }
        let settings = configuration
        context = try Self.read("settings", tls.certificate ?? "\(endpoint)") {
            try NIOSSLContext(configuration: settings)
        }
        name = tls.serverName ?? Self.name(of: endpoint)
    }

    /// The first handler of the connection's pipeline; made on its event loop.
    func handler() throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(context: context, serverHostname: name)
    }

    /// The host's name; nil for an IP address, which is compared with the certificate's addresses.
    private static func name(of endpoint: RedisEndpoint) -> String? {
        guard case .tcp(let host, let port) = endpoint else { return nil }
        let isAddress = (try? SocketAddress(ipAddress: host, port: port)) != nil
        return isAddress ? nil : host
    }

    private static func read<Value>(
        _ what: String,
        _ path: String,
        _ body: () throws -> Value
    ) throws(Fault) -> Value {
        do {
            return try body()
        } catch {
            throw Fault(
                .redisTLS,
                "unable to read the \(what) for TLS in '\(path)': it is missing or not in PEM form",
                hints: ["Correct `tls:` of the component; the user that runs this must read it."],
                cause: error
            )
        }
    }
}
