import FileProtection
import FileTrees
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// Nothing that looks like a secret gets into a history.
@Suite(.ownThreads) struct SecretScanningTests {
    /// Parts are joined here, so that no scanner takes this file itself for one that holds secrets.
    private static let secrets: [[String]] = [
        ["-----BEGIN OPENSSH ", "PRIVATE KEY-----"], ["AGE-SECRET-", "KEY-1", word(58)],
        ["key: AKIA", "ABCDEFGHIJKLMNOP"], ["gh", "p_", word(36)], ["github_", "pat_", word(40)],
        ["token glpat", "-", word(20)], ["xoxb", "-123456789-", word(12)],
        ["https://hooks.slack", ".com/services/T00000000/B00000000/", word(24)],
        ["AI", "za", word(35)], ["sk", "_live_", word(24)], ["sk", "-", word(40)],
        ["eyJ", word(30), ".eyJ", word(30), ".", word(20)], ["bot 123456789", ":", word(35)],
        ["DATABASE_URL: postgresql://app:", "s3cr3tpw@db/app"],
        ["POSTGRES_PASSWORD", "=hunter2hunter"], ["  redis_password: \"", "a1b2c3d4e5\""],
        ["- JWT_SECRET", "=abc123def456"], ["\"apiKey\": ", "\"abcd1234efgh\","],
        ["export ENCRYPTION_KEY", "='k3y-k3y-k3y'"],
        ["command: redis-server --requirepass", " a1b2c3d4e5 --appendonly yes"],
        ["run: app --api-key=", "a1b2c3d4e5"], ["DB_PASS", ": a1b2c3d4e5"],
        ["SMTP_PWD", "=a1b2c3d4e5"], ["credentials", ": a1b2c3d4e5"],
        ["x: {user: a, password", ": a1b2c3d4e5}"], ["env: [\"A=b\", \"TOKEN", "=a1b2c3d4e5\"]"],
        ["url: https://example.com/?token", "=a1b2c3d4e5&x=y"], ["requirepass", " a1b2c3d4e5"],
        ["user default on", " >a1b2c3d4e5 ~* +@all"], ["masterauth", " a1b2c3d4e5"],
        ["CREATE ROLE app LOGIN PASSWORD", " 'a1b2c3d4e5';"],
        ["Authorization: Bearer", " \(word(30))"],
        ["\"app\" \"SCRAM-SHA-256", "$4096:\(word(24))$\(word(44)):\(word(44))\""],
        ["\"app\" \"md5", "0123456789abcdef0123456789abcdef\""],
        ["{\"a\":1,\"clientSecret\":", "\"a1b2c3d4e5\"}"],
    ]
    private static let harmless = [
        "POSTGRES_PASSWORD=${POSTGRES_PASSWORD}", "password: {file: /run/secrets/pg1}",
        "POSTGRES_PASSWORD_FILE=/run/secrets/pg1", "SECRET_KEY=changeme123",
        "token: <your token 1>",
        "API_KEY=your-api-key-1", "url: postgresql://app:${DB_PASSWORD}@db/app",
        "url: postgresql://postgres:postgres@db/app", "http://example.com:8080/a@b",
        "secrets: [db_password]", "max_tokens: 4096000000", "password: \"{{ vault_password1 }}\"",
        "image: ghcr.io/a/b@sha256:0123456789abcdef0123456789abcdef", "task-0123456789abcdef",
        "POSTGRES_PASSWORD=hunter2hunter  # lifeboat:allow",
        "10:30:45.123 token_url: https://a1b2c3",
        "-----BEGIN CERTIFICATE-----",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIabcdefghijkl user@host",
        "TOKENIZER=cl100k_base", "secretName: app-tls-2024", "image: vault/token:v1.2.3-alpine",
        "proxy_pass http://backend1:8080;", "command: redis-server --requirepass ${PW1} --save 60",
        "run: app --password-file /run/secrets/pw1 --token \"$TOKEN1\"", "bypass: rule1234abc",
        "password_encryption = 'scram-sha-256'", "# The password must8have letters and digits1",
        "host all all 0.0.0.0/0 scram-sha-256", "pass_through: header1234", "--token --other1234",
        "ALTER ROLE app PASSWORD :'password1';", "md5sum: d41d8cd98f00b204e9800998ecf8427e",
        "f(credentials = standard_b64encode(x1))", "{password = words[12345678]}",
    ]

    private static func word(_ count: Int) -> String {
        String(String(repeating: "aB3dE5gH7jK9", count: count / 12 + 1).prefix(count))
    }

    @Test func `every kind of secret is refused by file and line, and goes nowhere`() async throws {
        let own = try await HistoryForTests()
        let lines = Self.secrets.map { $0.joined() }
        // A file has at most twenty findings.
        var places: [(place: String, line: String)] = []
        for (number, start) in stride(from: 0, to: lines.count, by: 12).enumerated() {
            let part = lines[start..<min(start + 12, lines.count)]
            let name = "deep/\(number).yml"
            try own.at.write(name, part.map { "# nothing here\n\($0)\n" }.joined())
            let path = own.at.source.appending(name).string
            for (index, line) in part.enumerated() {
                places.append(("\(path), line \(index * 2 + 2): ", line))
            }
        }
        try own.at.write("other", "fine\n")
        let fault = await own.refusal(try own.component())
        #expect(fault?.code.id == "E-HISTORY-SECRET")
        #expect(fault?.code.exit == .refused)
        // A refusal names thirty.
        for (place, line) in places.prefix(30) {
            #expect(fault?.hints.contains { $0.hasPrefix(place) } == true, "\(line)")
        }
        for line in lines {
            #expect(fault?.description.contains(line.suffix(12)) == false, "the value itself")
        }
        #expect(fault?.message.contains("\(lines.count) places") == true)
        // Neither in the vault nor on the host.
        #expect(try await own.at.vault.snapshots(of: own.at.stream).snapshots.isEmpty)
        let history = try await Harvest(own.at.state.appending("history"))
        #expect(!history.entries.contains { $0.path.description.contains("c.git.new") })
        let objects = history.contents.keys.filter { $0.description.contains("/objects/") }
        #expect(objects.isEmpty)
    }

    @Test func `references, placeholders and allowed lines pass`() async throws {
        let own = try await HistoryForTests()
        try own.at.write("compose.yml", Self.harmless.joined(separator: "\n"))
        try own.at.write(".env.example", "POSTGRES_PASSWORD=changeme\nTOKEN=\n")
        try own.at.write("id_ed25519.pub", "ssh-ed25519 AAAA user@host\n")
        let snapshot = try await own.at.backUp(try own.component())
        #expect(snapshot.head.facts["files"] == "3")
    }

    @Test(arguments: [
        ".env", ".env.production", "d/.ENV.local", "id_rsa", "a.p12", ".pgpass", "store.jks",
    ])
    func `a file that is a secret by its name is refused`(name: String) async throws {
        let own = try await HistoryForTests()
        try own.at.write(name, "x\n")
        let fault = await own.refusal(try own.component())
        #expect(fault?.code.id == "E-HISTORY-SECRET")
        #expect(fault?.hints.first?.hasPrefix("\(own.at.source.appending(name).string): ") == true)
        // Left out, it is no hindrance.
        let last = try #require(FilePath(name).lastComponent?.string)
        _ = try await own.at.backUp(try own.component(exclude: [last]))
    }

    @Test func `a value of the stack's own secret files is refused wherever it stands`()
        async throws
    {
        let own = try await HistoryForTests()
        let secrets = own.at.scratch.path.appending("secrets")
        try FileSystem.makeDirectories(secrets, mode: 0o700)
        let values = "# comment\nDB_PASSWORD=\"n0t-obvious-word\"\nTAG=v1.2.3-alpha\n"
        try DurableFile.create(secrets.appending(".env"), with: Array(values.utf8), mode: 0o600)
        try DurableFile.create(
            secrets.appending("pw"),
            with: Array("l0nely-line-9\n".utf8),
            mode: 0o600
        )
        let component = try own.component(secretFiles: [secrets])
        try own.at.write("a", "image: app:v1.2.3-alpha\n")
        _ = try await own.at.backUp(component)
        for value in ["n0t-obvious-word", "l0nely-line-9"] {
            try own.at.write("a", "fine\nargs: --x=\(value),y\n")
            let fault = await own.refusal(component)
            #expect(fault?.hints.first?.contains(", line 2: a value of the stack's own") == true)
            #expect(fault?.description.contains(value) == false)
        }
        try own.at.write("a", [0, 1, 2] + Array("n0t-obvious-word".utf8))
        #expect(await own.refusal(component)?.code.id == "E-HISTORY-SECRET")
    }

    @Test func `a further name of a harmless file may be that of a secret`() async throws {
        let own = try await HistoryForTests()
        try own.at.write("a", "x\n")
        let folder = try Directory.open(own.at.source)
        let name = try #require(FileName("id_rsa"))
        try folder.hardLink(try #require(FileName("a")), to: folder, name)
        let fault = await own.refusal(try own.component())
        #expect(
            fault?.hints.first?.hasPrefix("\(own.at.source.appending("id_rsa").string): ") == true
        )
    }
}
