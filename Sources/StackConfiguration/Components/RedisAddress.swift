/// Where a Redis server listens.
public enum RedisAddress: Sendable, Hashable {
    /// A TCP port, with TLS or without.
    case tcp(host: String, port: Int, tls: Bool)
    /// A Unix socket, by absolute path.
    case socket(String)

    /// Reads `redis://host[:port]`, `rediss://host[:port]` or `unix:///path`; nil when it is anything else.
    ///
    /// User names, passwords and database numbers are not part of an address.
    public init?(_ text: String) {
        if text.hasPrefix("unix://") {
            let path = String(text.dropFirst(7))
            guard ScalarForm.path.complaint(about: path) == nil else { return nil }
            self = .socket(path)
            return
        }
        let tls = text.hasPrefix("rediss://")
        guard tls || text.hasPrefix("redis://") else { return nil }
        var rest = text.dropFirst(tls ? 9 : 8)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard let (host, port) = Self.split(rest) else { return nil }
        self = .tcp(host: host, port: port, tls: tls)
    }

    /// Splits `host[:port]`, the host in brackets when it is an IPv6 address.
    private static func split(_ text: Substring) -> (host: String, port: Int)? {
        var host = text
        var port = 6379
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end]
            let tail = text[text.index(after: end)...]
            guard tail.isEmpty || tail.hasPrefix(":") else { return nil }
            if let colon = tail.first, colon == ":" {
                guard let number = self.port(tail.dropFirst()) else { return nil }
                port = number
            }
            guard !host.isEmpty, host.allSatisfy({ $0.isHexDigit || ":.%".contains($0) })
            else { return nil }
            return (String(host), port)
        }
        if let colon = text.firstIndex(of: ":") {
            guard let number = self.port(text[text.index(after: colon)...]) else { return nil }
            host = text[..<colon]
            port = number
        }
        let isName = host.utf8.allSatisfy {
            $0 < 128 && (Character(Unicode.Scalar($0)).isLetter || (48...57).contains($0))
                || ".-_".utf8.contains($0)
        }
        return host.isEmpty || !isName ? nil : (String(host), port)
    }

    private static func port(_ text: Substring) -> Int? {
        guard text.utf8.count <= 5, text.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = Int(text), (1...65_535).contains(number)
        else { return nil }
        return number
    }
}

extension RedisAddress: CustomStringConvertible {
    /// The address as a URL.
    public var description: String {
        switch self {
        case .tcp(let host, let port, let tls):
            "\(tls ? "rediss" : "redis")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        case .socket(let path): "unix://\(path)"
        }
    }
}
