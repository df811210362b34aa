import Model

extension RedisAddress {
    /// Reads what follows `redis://`.
    init(networkPart text: Substring) throws(Fault) {
        let (login, place) = Self.login(text)
        let (user, password) = try Self.credentials(login)
        let slash = Self.split(place, at: "/")
        let (host, port) = try Self.hostAndPort(slash?.before ?? place)
        let number = slash?.after ?? ""
        self.init(
            endpoint: .tcp(host: host, port: port),
            user: user,
            password: password,
            database: number.isEmpty ? nil : try Self.database(number)
        )
    }

    /// Reads what follows `unix://`.
    init(socketPart text: Substring) throws(Fault) {
        // A path may hold `@`, a login ends before the path's first slash.
        let slash = text.firstIndex(of: "/") ?? text.endIndex
        let (user, password): (String?, String?)
        if let at = text[..<slash].lastIndex(of: "@"), text.index(after: at) == slash {
            (user, password) = try Self.credentials(text[..<at])
        } else {
            (user, password) = (nil, nil)
            guard slash == text.startIndex else {
                throw Self.refusal("the path of a Unix socket begins with /")
            }
        }
        let question = Self.split(text[slash...], at: "?db=")
        let path = question?.before ?? text[slash...]
        guard path.count > 1 else { throw Self.refusal("the path of the Unix socket is missing") }
        self.init(
            endpoint: .socket(path: String(path)),
            user: user,
            password: password,
            database: try question.map { part throws(Fault) in try Self.database(part.after) }
        )
    }

    static func refusal(_ fact: String, hint: String? = nil) -> Fault {
        Fault(
            .redisAddress,
            "unable to read the address of a Redis server: \(fact)",
            hints: (hint.map { [$0] } ?? []) + [
                "Write redis://[user:password@]host:port[/database], rediss:// for TLS, or unix:///path."
            ]
        )
    }

    static func split(_ text: Substring, at mark: String) -> (before: Substring, after: Substring)?
    {
        guard let range = text.firstRange(of: mark) else { return nil }
        return (text[..<range.lowerBound], text[range.upperBound...])
    }

    /// The part before the last `@` and the part after it; passwords may hold `@` themselves.
    private static func login(_ text: Substring) -> (Substring?, Substring) {
        guard let at = text.lastIndex(of: "@") else { return (nil, text) }
        return (text[..<at], text[text.index(after: at)...])
    }

    private static func credentials(_ login: Substring?) throws(Fault) -> (String?, String?) {
        guard let login else { return (nil, nil) }
        guard let parts = split(login, at: ":") else {
            throw refusal(
                "the part before @ has no colon",
                hint: "For a password without a user write redis://:password@host."
            )
        }
        guard let user = unescaped(parts.before), let password = unescaped(parts.after) else {
            throw refusal(
                "user or password has a % that is not followed by two hexadecimal digits",
                hint: "Write %25 for a percent sign."
            )
        }
        guard !password.isEmpty else { throw refusal("the password is empty") }
        return (user.isEmpty ? nil : user, password)
    }

    private static func hostAndPort(_ text: Substring) throws(Fault) -> (String, Int) {
        let host: Substring
        var rest: Substring
        if text.first == "[" {
            guard let close = text.firstIndex(of: "]") else { throw refusal("a ] is missing") }
            host = text[..<close].dropFirst()
            rest = text[close...].dropFirst()
        } else {
            host = text.prefix { $0 != ":" }
            rest = text[host.endIndex...]
        }
        guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "?" }) else {
            throw refusal("the host is missing")
        }
        if rest.isEmpty { return (String(host), standardPort) }
        guard rest.removeFirst() == ":", let port = Int(rest), 1...65_535 ~= port,
            rest.utf8.allSatisfy({ 0x30...0x39 ~= $0 })
        else { throw refusal("the port is not a number from 1 to 65535") }
        return (String(host), port)
    }

    private static func database(_ text: Substring) throws(Fault) -> Int {
        guard let number = Int32(text), number >= 0 else {
            throw refusal("the database is not a number")
        }
        return Int(number)
    }

    private static func unescaped(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self).lowercased()
            guard digits.utf8.count == 2, let value = Hexadecimal.decode(digits)?.first else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
