/// The place where a Redis server listens.
public enum RedisEndpoint: Sendable, Hashable {
    /// A host name or an IP address (IPv6 without brackets), and a port.
    case tcp(host: String, port: Int)
    /// The absolute path of a Unix socket.
    case socket(path: String)
}

extension RedisEndpoint: CustomStringConvertible {
    /// `host:port`, `[address]:port` for IPv6, or the path.
    public var description: String {
        switch self {
        case .tcp(let host, let port) where host.contains(":"): "[\(host)]:\(port)"
        case .tcp(let host, let port): "\(host):\(port)"
        case .socket(let path): path
        }
    }
}
