import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

/// Why there is no reply, or none that can be used.
enum ExchangeFailure: Error {
    /// Nothing answers at the address.
    case unanswered(String)
    /// The connection ended, or stood still, before the reply was there.
    case broken(String)
    /// The other side cannot prove that it is the server, or cannot speak TLS with us.
    case untrusted(String)
    /// The reply has more bytes than were allowed.
    case tooLarge
    /// The task was cancelled.
    case cancelled

    /// Sorts what the HTTP client throws.
    init(_ error: any Error) {
        switch error {
        case let failure as ExchangeFailure: self = failure
        case is CancellationError: self = .cancelled
        case let error as HTTPClientError: self = Self.sorted(error)
        case let error as NIOConnectionError: self = .unanswered(Self.words(error))
        case let error as IOError where error.errnoCode == 111:
            self = .unanswered("nothing listens there")
        case is NIOSSLExtraError: self = .untrusted("its certificate is for another name")
        case NIOSSLError.uncleanShutdown: self = .broken("the connection was cut")
        case is NIOSSLError: self = .untrusted("its certificate is not one that we trust")
        default: self = .broken("the connection broke")
        }
    }

    private static func sorted(_ error: HTTPClientError) -> ExchangeFailure {
        switch error {
        case .cancelled: .cancelled
        case .connectTimeout, .getConnectionFromPoolTimeout:
            .unanswered("no connection came about in time")
        case .tlsHandshakeTimeout: .unanswered("TLS was not agreed on in time")
        case .readTimeout: .broken("no reply came in time")
        case .writeTimeout: .broken("the server did not take what was sent")
        case .deadlineExceeded: .broken("the request took too long")
        default: .broken("the connection was closed before the reply was there")
        }
    }

    private static func words(_ error: NIOConnectionError) -> String {
        if error.connectionErrors.isEmpty { return "its name has no address" }
        let isRefused = error.connectionErrors.contains { ($0.error as? IOError)?.errnoCode == 111 }
        return isRefused ? "nothing listens there" : "no connection came about"
    }
}
