public import Model

/// Where a Redis server listens and as whom to log in.
///
/// As text: `redis://[user:password@]host[:port][/database]`, the same with `rediss://` for TLS, or
/// `unix://[user:password@]/path[?db=database]`; `%XX` escapes in user and password. Descriptions,
/// also those of debuggers and of `dump`, never show the password.
public struct RedisAddress: Sendable, Hashable {
    /// Where the server listens.
    public var endpoint: RedisEndpoint
    /// The ACL user; nil for the default user.
    public var user: String?
    /// The password; nil to not log in at all.
    public var password: String?
    /// The database to select; nil leaves the server's choice, 0.
    public var database: Int?
    /// How the connection is secured; nil for a plain one, such as every Unix socket.
    public var tls: RedisTLS?

    /// The port where none is given.
    public static let standardPort = 6379

    /// Makes an address of its parts.
    public init(
        endpoint: RedisEndpoint,
        user: String? = nil,
        password: String? = nil,
        database: Int? = nil,
        tls: RedisTLS? = nil
    ) {
        self.endpoint = endpoint
        self.user = user
        self.password = password
        self.database = database
        self.tls = tls
    }

    /// Reads the text form.
    ///
    /// - Throws: `redisAddress`; its message says what is wrong without showing the text, which may
    ///   hold a password.
    public init(parsing text: String) throws(Fault) {
        guard let mark = Self.split(text[...], at: "://") else {
            throw Self.refusal(Self.beginnings)
        }
        switch mark.before {
        case "redis": try self.init(networkPart: mark.after)
        case "unix": try self.init(socketPart: mark.after)
        case "rediss":
            try self.init(networkPart: mark.after)
            tls = RedisTLS()
        default: throw Self.refusal(Self.beginnings)
        }
    }

    private static let beginnings = "it begins with none of redis://, rediss:// and unix://"
}

extension RedisAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text form with `***` for the password.
    public var description: String {
        let login = password == nil ? "" : "\(user ?? ""):***@"
        return switch endpoint {
        case .tcp:
            "redis\(tls == nil ? "" : "s")://\(login)\(endpoint)"
                + (database.map { "/\($0)" } ?? "")
        case .socket: "unix://\(login)\(endpoint)" + (database.map { "?db=\($0)" } ?? "")
        }
    }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// A mirror of the description alone, so that `dump` shows no password.
    public var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}
