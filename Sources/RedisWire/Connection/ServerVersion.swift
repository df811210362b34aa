/// Which server it is, and how new.
public struct ServerVersion: Sendable, Hashable, CustomStringConvertible {
    /// The program.
    public enum Kind: String, Sendable, Hashable {
        /// Redis.
        case redis = "Redis"
        /// Valkey, which tells Redis clients that it is Redis 7.2.
        case valkey = "Valkey"
    }

    /// The program.
    public let kind: Kind
    /// Its version as it writes it, such as `7.0.15`.
    public let text: String
    /// The first two numbers of the version.
    let major, minor: Int

    /// Reads the fields of `INFO server`; nil when they name no version.
    public init?(info: [String: String]) {
        if let text = info["valkey_version"] {
            self.init(.valkey, text)
        } else if let text = info["redis_version"] {
            self.init(.redis, text)
        } else {
            return nil
        }
    }

    /// Reads a version's text; nil when it does not begin with a number.
    public init?(_ kind: Kind, _ text: String) {
        let numbers = text.split(separator: ".").prefix(2).map { $0.prefix { $0.isNumber } }
        guard let first = numbers.first, let major = Int(first) else { return nil }
        self.kind = kind
        self.text = text
        self.major = major
        minor = numbers.count > 1 ? Int(numbers[1]) ?? 0 : 0
    }

    /// Reads what the program says to `--version`: `Redis server v=7.0.15 sha=…`; nil when it is anything else.
    public init?(program text: String) {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count > 2, words[1] == "server", let kind = Kind(rawValue: String(words[0])),
            let version = words.first(where: { $0.hasPrefix("v=") })
        else { return nil }
        self.init(kind, String(version.dropFirst(2)))
    }

    /// `Redis 7.0.15`.
    public var description: String { "\(kind.rawValue) \(text)" }
}
