import AsyncHTTPClient
import Model
import NIOCore
import NIOHTTP1
import NIOPosix
import SystemIO

/// Sends requests to a container engine and takes in the replies, each once.
///
/// Connections close when the last reference is gone.
final class EngineConnection: Sendable {
    /// A reply.
    struct Reply: Sendable {
        /// The status of HTTP.
        let status: Int
        /// The whole body.
        let body: [UInt8]
    }

    /// The most bytes of a reply.
    private static let limit = 16 << 20
    private let client: HTTPClient
    private let address: EngineAddress

    init(_ address: EngineAddress) {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        // An engine answers a request to stop when the container has stopped, which takes what it may take.
        configuration.timeout = HTTPClient.Configuration.Timeout(
            connect: .seconds(10),
            read: .hours(1)
        )
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.address = address
    }

    deinit {
        // Asks for it and does not wait; the client lives on until its connections are closed.
        client.shutdown { _ in }
    }

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - path: the path and the query, encoded.
    ///   - body: a document in JSON; nil for none.
    ///   - patience: how long the reply may take.
    /// - Returns: the reply, good or bad.
    /// - Throws: `E-ENGINE-UNREACHABLE`, `E-ENGINE-REFUSED` for a reply that is too large, `E-CANCELLED`.
    func send(
        _ method: HTTPMethod,
        _ path: String,
        body: [UInt8]? = nil,
        within patience: Duration
    ) async throws(Fault) -> Reply {
        var request = HTTPClientRequest(url: address.base + path)
        request.method = method
        // A path is no name of a host, and engines refuse it as one.
        if case .socket = address { request.headers.add(name: "host", value: "engine") }
        if body != nil { request.headers.add(name: "content-type", value: "application/json") }
        if method == .POST { request.body = .bytes(ByteBuffer(bytes: body ?? [])) }
        let timepiece = Timepiece(ContinuousClock())
        do {
            let time = TimeAmount.nanoseconds(patience.components.seconds * 1_000_000_000)
            let response = try await client.execute(request, deadline: .now() + time)
            let body = try await Self.body(of: response, within: patience - timepiece.passed())
            return Reply(status: Int(response.status.code), body: body)
        } catch {
            throw fault(error, path)
        }
    }

    /// The whole body; the client's own limit ends with the head.
    private static func body(
        of response: HTTPClientResponse,
        within rest: Duration
    ) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            group.addTask {
                let buffer = try await response.body.collect(upTo: limit)
                return Array(buffer.readableBytesView)
            }
            group.addTask {
                try? await Timepiece(ContinuousClock()).wait(rest)
                return nil
            }
            defer { group.cancelAll() }
            if let body = try await group.next() ?? nil { return body }
            try Task.checkCancellation()
            throw HTTPClientError.readTimeout
        }
    }

    private func fault(_ error: any Error, _ path: String) -> Fault {
        let name = path.prefix { $0 != "?" }
        if error is CancellationError || error as? HTTPClientError == .cancelled {
            return Fault(
                .cancelled,
                "unable to ask container engine '\(address)' for '\(name)': it was cancelled"
            )
        }
        if error is NIOTooManyBytesError {
            return Fault(
                .engineRefused,
                "unable to ask container engine '\(address)' for '\(name)': the answer has more than \(ByteCount(Int64(Self.limit)))"
            )
        }
        return Fault(
            .engineUnreachable,
            "unable to reach container engine '\(address)': \(Self.words(error))",
            hints: [
                "Is it running, and may this user open its socket? See `docker version`; set DOCKER_HOST, or compose: {engine: …}, for another one."
            ],
            cause: error
        )
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError:
            [.deadlineExceeded, .readTimeout].contains(error)
                ? "it did not answer in time" : "no connection came about in time"
        case let error as IOError: words(error.errnoCode)
        case let error as NIOConnectionError:
            (error.connectionErrors.first?.error as? IOError).map { words($0.errnoCode) }
                ?? "no connection came about"
        default: "the connection broke"
        }
    }

    private static func words(_ number: Int32) -> String {
        switch number {
        case 2: "its socket is not there"
        case 13: "its socket may not be opened by this user"
        case 111: "nothing listens there"
        default: "no connection came about"
        }
    }
}
