/// The shape of a token that its issuer marked with a prefix.
///
/// A shape fits where the prefix does not continue a word and enough letters, digits or further characters follow.
struct TokenShape: Sendable {
    /// What it is, in words.
    let name: String
    private let prefix: [UInt8]
    private let least: Int
    private let further: [UInt8]

    private init(_ name: String, _ prefix: String, least: Int, further: String = "") {
        self.name = name
        self.prefix = Array(prefix.utf8)
        self.least = least
        self.further = Array(further.utf8)
    }

    /// The shapes that are looked for.
    private static let all = [
        TokenShape("an age identity", "AGE-SECRET-KEY-1", least: 50),
        TokenShape("an AWS access key", "AKIA", least: 16),
        TokenShape("an AWS access key", "ASIA", least: 16),
        TokenShape("a GitHub token", "ghp_", least: 36),
        TokenShape("a GitHub token", "gho_", least: 36),
        TokenShape("a GitHub token", "ghu_", least: 36),
        TokenShape("a GitHub token", "ghs_", least: 36),
        TokenShape("a GitHub token", "ghr_", least: 36),
        TokenShape("a GitHub token", "github_pat_", least: 22, further: "_"),
        TokenShape("a GitLab token", "glpat-", least: 20, further: "_-"),
        TokenShape("a Slack token", "xoxb-", least: 10, further: "-"),
        TokenShape("a Slack token", "xoxp-", least: 10, further: "-"),
        TokenShape("a Slack token", "xapp-", least: 10, further: "-"),
        TokenShape("a Slack webhook", "hooks.slack.com/services/", least: 30, further: "/"),
        TokenShape("a Google API key", "AIza", least: 35, further: "_-"),
        TokenShape("a Stripe key", "sk_live_", least: 16),
        TokenShape("a Stripe key", "rk_live_", least: 16),
        TokenShape("an API key", "sk-", least: 32, further: "_-"),
        TokenShape("a SendGrid key", "SG.", least: 40, further: "._-"),
        TokenShape("an npm token", "npm_", least: 36),
        TokenShape("a PyPI token", "pypi-", least: 60, further: "_-"),
        TokenShape("a signed web token", "eyJ", least: 60, further: "._-"),
        TokenShape("a bearer token", "Bearer ", least: 24, further: "._-~+/="),
        TokenShape("a PostgreSQL password", "SCRAM-SHA-256$", least: 40, further: "+/=:$"),
        TokenShape("a PostgreSQL password", "md5", least: 32),
    ]

    /// The same by the first byte of their prefixes.
    private static let byFirst: [[TokenShape]] = (0...255).map { byte in
        all.filter { $0.prefix.first == UInt8(byte) }
    }

    /// The shape that stands at a position of a line; nil when none does.
    static func standing(in line: ArraySlice<UInt8>, at start: Int) -> TokenShape? {
        let candidates = byFirst[Int(line[start])]
        return candidates.isEmpty ? nil : candidates.first { $0.fits(line, at: start) }
    }

    /// Whether it stands at a position of a line; the prefix must begin there.
    private func fits(_ line: ArraySlice<UInt8>, at start: Int) -> Bool {
        let rest = line[start...]
        guard rest.first == prefix.first, rest.starts(with: prefix) else { return false }
        if start > line.startIndex, Self.isWord(line[start - 1]) { return false }
        let body = rest.dropFirst(prefix.count).prefix { Self.isWord($0) || further.contains($0) }
        return body.count >= least
    }

    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
