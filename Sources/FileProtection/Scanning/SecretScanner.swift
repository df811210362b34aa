/// Finds secrets in files that are about to get into a history, where they would stay for ever.
///
/// | rule | what it finds |
/// |---|---|
/// | name | files that are secrets: `.env` and its kin but for `.env.example`, private keys, password files, key stores |
/// | own | a value of the stack's own secret files |
/// | key | the first line of a private key |
/// | token | tokens and keys that their issuer marked, see ``TokenShape`` |
/// | address | a password in an address, `scheme://user:password@host` |
/// | assignment | a literal with letters and digits, eight bytes or more, given to a name with `password`, `secret`, `token` or `key` in it, wherever in the line: `NAME=value`, `name: value`, `--name value`, `requirepass value`, `PASSWORD 'value'` |
///
/// References (`${NAME}`, `<name>`, paths) and what says that it is to be filled in (`changeme`, `your-…`) are no secrets. A line
/// that holds `lifeboat:allow` is not looked at. Time is proportional to the bytes.
struct SecretScanner: Sendable {
    /// The most findings that are told of one file.
    static let most = 20
    private static let pardon = Array("lifeboat:allow".utf8)
    private static let begin = Array("-----BEGIN ".utf8)
    private static let privateKey = Array("PRIVATE KEY".utf8)
    /// The values of the stack's own secret files.
    let known: KnownSecrets

    /// Every place of a file that holds a secret, at most ``most``.
    ///
    /// - Parameters:
    ///   - bytes: Its content.
    ///   - path: Its path, for messages.
    ///   - name: Its name.
    /// - Returns: The findings, by line.
    func findings(in bytes: [UInt8], path: String, name: [UInt8]) -> [SecretFinding] {
        if let rule = SecretName.rule(name) {
            return [SecretFinding(path: path, line: nil, rule: rule)]
        }
        // What is no text has no lines that mean anything, but may hold a key all the same.
        let isText = !bytes.prefix(8000).contains(0)
        var findings: [SecretFinding] = []
        var number = 1
        var start = 0
        while start < bytes.count, findings.count < Self.most {
            let end = bytes[start...].firstIndex(of: 10) ?? bytes.count
            if let rule = rule(bytes[start..<end], isText: isText) {
                let line = isText ? number : nil
                findings.append(SecretFinding(path: path, line: line, rule: rule))
            }
            number += 1
            start = end + 1
        }
        return findings
    }

    /// What a line holds; nil when it holds no secret.
    private func rule(_ line: ArraySlice<UInt8>, isText: Bool) -> String? {
        guard let rule = suspicion(line, isText: isText) else { return nil }
        return SecretText.find(Self.pardon, in: line) == nil ? rule : nil
    }

    private func suspicion(_ line: ArraySlice<UInt8>, isText: Bool) -> String? {
        if known.isIn(line) { return "a value of the stack's own secret files" }
        if let begin = SecretText.find(Self.begin, in: line),
            SecretText.find(Self.privateKey, in: line[begin...].prefix(60)) != nil
        {
            return "a private key"
        }
        guard isText else { return nil }
        if let token = token(line) { return token }
        if SecretText.password(inAddressOf: line) != nil { return "a password in an address" }
        return assignment(line)
    }

    private func token(_ line: ArraySlice<UInt8>) -> String? {
        for start in line.indices {
            if let shape = TokenShape.standing(in: line, at: start) { return shape.name }
            if line[start] == UInt8(ascii: ":"), Self.isBotToken(line, at: start) {
                return "a Telegram bot token"
            }
        }
        return nil
    }

    /// Whether a colon is that of `123456789:35-letters-digits-and-dashes`.
    private static func isBotToken(_ line: ArraySlice<UInt8>, at colon: Int) -> Bool {
        let digits = line[..<colon].reversed().prefix { (0x30...0x39).contains($0) }
        guard (8...10).contains(digits.count) else { return false }
        let body = line[(colon + 1)...].prefix {
            TokenShape.isWord($0) || $0 == 0x5F || $0 == 0x2D
        }
        return body.count == 35
    }

    private func assignment(_ line: ArraySlice<UInt8>) -> String? {
        if let assignment = SecretText.assignment(line), Self.isSecret(assignment) {
            return "a value of '\(assignment.name)'"
        }
        return GivenValue.first(in: line, where: Self.isSecret).map { "a value of '\($0.name)'" }
    }

    private static func isSecret(_ assignment: SecretText.Assignment) -> Bool {
        assignment.value.count >= 8 && SecretText.isMixed(assignment.value)
            && !SecretText.isReference(assignment.value)
            && SecretName.speaksOfSecret(assignment.name.lowercased())
    }
}
