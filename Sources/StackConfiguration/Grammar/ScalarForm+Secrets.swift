// The forms whose wrong values may hold a secret: none of these complaints shows the value.
extension ScalarForm {
    static func complaint(aboutRecipient text: String) -> Complaint? {
        guard !text.uppercased().hasPrefix("AGE-SECRET-KEY-") else {
            return Complaint(
                fact: "it is an identity, which opens backups and must stay secret",
                hints: ["Write the recipient that belongs to it: age-keygen -y <identity file>."],
                isSecret: true
            )
        }
        // A recipient is Bech32: `age1`, 52 characters of key, 6 of checksum (age-encryption.org/v1).
        let alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
        let isRecipient =
            text.hasPrefix("age1") && text.utf8.count == 62
            && text.dropFirst(4).allSatisfy { alphabet.contains($0) }
        return isRecipient
            ? nil
            : Complaint(
                fact: "it is not an age recipient",
                hints: ["Write the public key, 'age1' and 58 characters: age-keygen -y <file>."]
            )
    }

    /// What ends the keywords of libpq, up to version 18, whose values are secrets (`sslpassword` among them).
    private static let dsnSecrets = [
        "password", "oauth_client_secret", "scram_client_key", "scram_server_key",
    ]

    static func complaint(aboutDSN text: String) -> Complaint? {
        guard !text.isEmpty else { return Complaint(fact: "it is empty") }
        let isURI = text.hasPrefix("postgresql://") || text.hasPrefix("postgres://")
        let plain = (isURI ? percentDecoded(text) : text).lowercased()
        let hasSecret = dsnSecrets.contains { assigns(plain, $0) }
        guard !hasSecret, !(isURI && hasUserPassword(plain)) else {
            return Complaint(
                fact: "there is a password in it",
                hints: ["Move it out: 'password: {file: /path/to/password}' beside 'dsn:'."],
                isSecret: true
            )
        }
        return isURI || text.contains("=")
            ? nil
            : Complaint(
                fact: "it is not a PostgreSQL connection string",
                hints: ["Write keywords ('host=… dbname=…') or a URI ('postgresql://…')."]
            )
    }

    static func complaint(aboutRedis text: String) -> Complaint? {
        guard !text.contains("@") else {
            return Complaint(
                fact: "there is a user or a password in it",
                hints: ["Move them out: 'user: name' and 'password: {file: /path}' beside it."],
                isSecret: true
            )
        }
        return RedisAddress(text) != nil
            ? nil
            : Complaint(
                fact: "it is not the address of a Redis server",
                hints: [
                    "Write redis://host:port, rediss://host:port or unix:///path; no database number."
                ]
            )
    }

    static func complaint(aboutCopy text: String) -> Complaint? {
        if text.hasPrefix("file://") {
            return ScalarForm.path.complaint(about: String(text.dropFirst(7)))
        }
        guard text.hasPrefix("s3://") else {
            return Complaint(
                fact: "it is neither a directory nor a bucket",
                hints: [
                    "Write file:// and an absolute path, such as file:///backup/lifeboat.",
                    "Or a bucket and a prefix, such as s3://bucket/prefix.",
                ]
            )
        }
        return BucketConfiguration(url: text) != nil
            ? nil
            : Complaint(
                fact: "it is not the address of a bucket",
                hints: [
                    "Write s3://bucket/prefix; keys belong to 'credentials: {file: /path}' beside it.",
                    "A prefix is labels of letters, digits, '.', '-' and '_', none beginning with a dot.",
                ]
            )
    }

    static func complaint(aboutEndpoint text: String) -> Complaint? {
        guard !text.contains("@") else {
            return Complaint(
                fact: "there is a user or a password in it",
                hints: ["Move them out: 'credentials: {file: /path}' beside it."],
                isSecret: true
            )
        }
        let scheme = ["https://", "http://"].first { text.hasPrefix($0) }
        let host = text.dropFirst(scheme?.utf8.count ?? 0)
        let isHost =
            !host.isEmpty
            && host.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || ".-_:[]".utf8.contains($0)
            }
        return scheme != nil && isHost
            ? nil
            : Complaint(
                fact: "it is not the address of a service",
                hints: ["Write https:// and the host, such as https://s3.example.com."]
            )
    }

    static func complaint(aboutRemote text: String) -> Complaint? {
        let isURL = text.hasPrefix("ssh://") || text.hasPrefix("https://")
        guard !(isURL && hasUserPassword(text)) else {
            return Complaint(
                fact: "there is a password in it",
                hints: ["Leave it out: SSH takes 'key: {file: /path}' beside it."],
                isSecret: true
            )
        }
        // `host:path` as scp writes it; git takes `name::…` for the name of a program.
        let host = text.prefix { $0 != ":" }
        let isShort =
            host.count < text.count && !host.isEmpty && !host.contains("/") && !text.contains("::")
            && !text.contains("://")
        let isMeant = !text.hasPrefix("-") && !text.contains(" ")
        return isMeant && (isURL || text.hasPrefix("/") || isShort)
            ? nil
            : Complaint(
                fact: "it is not the address of a git repository",
                hints: [
                    "Write user@host:path, ssh://user@host/path, https://host/path or an absolute path."
                ]
            )
    }

    /// Whether a lower-case text gives a keyword a value, with or without spaces around the `=`.
    private static func assigns(_ text: String, _ keyword: String) -> Bool {
        let bytes = Array(text.utf8)
        let word = Array(keyword.utf8)
        guard bytes.count > word.count else { return false }
        for start in 0..<(bytes.count - word.count)
        where bytes[start..<(start + word.count)].elementsEqual(word) {
            let rest = bytes[(start + word.count)...].drop { $0 == 32 }
            if rest.first == UInt8(ascii: "=") { return true }
        }
        return false
    }

    /// Whether the authority of a URI is `user:password@…`.
    private static func hasUserPassword(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
        else { return false }
        let authority = bytes.index(colon, offsetBy: 3)
        return authority < at && bytes[authority..<at].contains(UInt8(ascii: ":"))
    }

    private static func percentDecoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let pair = rest.prefix(2)
            if byte == UInt8(ascii: "%"), pair.count == 2,
                let value = UInt8(String(decoding: pair, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
