import AsyncHTTPClient
import Model
import NIOCore
import NIOHTTP1
import NIOSSL
import SystemIO
import SystemPackage

/// The connections of one store: sends requests and takes in replies, each once.
///
/// At most ``connections`` are open at a time; further requests wait. They close when the last reference is gone.
final class S3Connection: Sendable {
    private static let connections = 16
    private let client: HTTPClient
    private let patience: S3Patience
    private let pacer: Pacer?

    /// Makes connections possible; none is opened yet.
    ///
    /// - Throws: `E-IO-…` or `E-VALUE` for a file of certificates that is missing or is none.
    init(certificates: FilePath?, patience: S3Patience, pacer: Pacer?) throws(Fault) {
        var configuration = HTTPClient.Configuration()
        // A redirected request would need another signature; who is redirected has the wrong region.
        configuration.redirectConfiguration = .disallow
        configuration.timeout = HTTPClient.Configuration.Timeout(
            connect: TimeAmount(patience.connect),
            read: TimeAmount(patience.idle),
            write: TimeAmount(patience.idle)
        )
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connections
        configuration.connectionPool.idleTimeout = .seconds(30)
        // Trying again is ours: we count and tell.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let certificates {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(try Self.read(certificates))
            configuration.tlsConfiguration = tls
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.patience = patience
        self.pacer = pacer
    }

    deinit {
        // Asks for it and does not wait; the client lives on until its connections are closed.
        client.shutdown { _ in }
    }

    /// Sends a request and takes in the whole reply, whose body may have so many bytes when it is a success.
    ///
    /// - Throws: ``ExchangeFailure``.
    func send(
        _ method: String,
        _ url: String,
        headers: [(name: String, value: String)],
        body: UploadPart,
        limit: Int
    ) async throws(ExchangeFailure) -> S3Reply {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if body.count > 0 {
            request.body = .stream(
                UploadBody(part: body, pacer: pacer),
                length: .known(Int64(body.count))
            )
        } else if method == "PUT" || method == "POST" {
            request.body = .bytes(ByteBuffer())
        }
        do {
            let started = NIODeadline.now()
            let patience = patience.limit(bytes: body.count)
            let response = try await client.execute(
                request,
                deadline: started + TimeAmount(patience)
            )
            return try await reply(response, isHead: method == "HEAD", since: started, limit: limit)
        } catch {
            throw ExchangeFailure(error)
        }
    }

    private func reply(
        _ response: HTTPClientResponse,
        isHead: Bool,
        since started: NIODeadline,
        limit: Int
    ) async throws -> S3Reply {
        var headers: [String: String] = [:]
        for (name, value) in response.headers { headers[name.lowercased()] = value }
        let head = S3Reply(status: Int(response.status.code), headers: headers)
        if isHead { return head }
        let limit = head.isSuccess ? limit : 64 << 10
        let length = head.contentLength
        if let length, length > Int64(limit) {
            guard head.isSuccess else { return head }
            throw ExchangeFailure.tooLarge
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(length ?? 0))
        // The client's own deadline ends with the head of the reply.
        let end = started + TimeAmount(patience.limit(bytes: Int(length ?? Int64(limit))))
        for try await buffer in response.body {
            guard bytes.count + buffer.readableBytes <= limit else {
                guard head.isSuccess else { return head }
                throw ExchangeFailure.tooLarge
            }
            bytes.append(contentsOf: buffer.readableBytesView)
            try await pacer?.pass(buffer.readableBytes)
            guard NIODeadline.now() < end else {
                throw ExchangeFailure.broken("the reply came too slowly")
            }
        }
        if let length, length != Int64(bytes.count) {
            throw ExchangeFailure.broken("\(bytes.count) of \(length) bytes of the reply came")
        }
        return S3Reply(status: head.status, headers: headers, body: bytes)
    }

    private static func read(_ file: FilePath) throws(Fault) -> [NIOSSLCertificate] {
        let bytes = try DurableFile.read(file, limit: ByteCount(16 << 20))
        do {
            let certificates = try NIOSSLCertificate.fromPEMBytes(bytes)
            if !certificates.isEmpty { return certificates }
        } catch {
            // Said below, in our own words.
        }
        throw Fault(
            .invalidValue,
            "unable to read certificates '\(file.displayed)': it holds none in PEM form"
        )
    }
}

extension TimeAmount {
    /// The same time, at most a hundred days.
    fileprivate init(_ duration: Duration) {
        let parts = min(duration, .seconds(8_640_000)).components
        self = .nanoseconds(parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000)
    }
}
