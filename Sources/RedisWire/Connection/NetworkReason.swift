import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why a connection could not be made, in words.
struct NetworkReason: CustomStringConvertible {
    let description: String

    init(_ error: any Error) { description = Self.words(error) }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { words($0.error) } ?? "the host name is not known"
        case let error as IOError: words(error.errnoCode)
        case ChannelError.connectTimeout: "no answer came in time"
        case is RedisByteReader.TimedOut: "TLS was not agreed on in time"
        // What is closed has no handlers any more.
        case ChannelError.eof, ChannelError.alreadyClosed, is ChannelPipelineError:
            "the server ended the connection"
        case is SocketAddressError: "the host name is not known"
        default: "the connection failed"
        }
    }

    private static func words(_ code: CInt) -> String {
        switch code {
        case ECONNREFUSED: "connection refused"
        case ENOENT: "no such file"
        case EACCES, EPERM: "permission denied"
        case ETIMEDOUT: "no answer came in time"
        case EHOSTUNREACH: "no route to the host"
        case ENETUNREACH: "the network is unreachable"
        case ECONNRESET: "connection reset"
        case ENOTSOCK: "not a socket"
        case ENAMETOOLONG: "the path is too long"
        default: "system error \(code)"
        }
    }
}
