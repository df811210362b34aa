import Model
import Recovery
import Sealing
import SystemPackage
import TestKit
import Testing

/// What a secret is appears nowhere but where a person asked for it.
@Suite(.ownThreads) struct SilenceTests {
    @Test
    func `no verb writes a secret`() async throws {
        let playground = try Playground()
        let made = try await playground.initialise(["--json"])
        #expect(made.code == 0, "\(made.text)")
        let kit = try RecoveryKit(reading: playground.kit).openKeys(.none)
        var secrets = kit.identities.map(\.secretText)
        secrets.append(Hexadecimal.encode(kit.operatorKey.secretBytes))
        secrets.append(Playground.secret)
        for file in ["host.secret", "host.signing", "host.identity", "data.identity"] {
            let lines = try playground.read("state/keys/\(file)").split(separator: "\n")
            secrets += lines.filter { !$0.hasPrefix("#") }.map(String.init)
        }
        #expect(secrets.count == 8)
        try playground.write("redis.password", "hunter2-hunter2")
        secrets.append("hunter2-hunter2")
        try playground.edit(
            "  secrets:\n",
            "  cache:\n    kind: redis\n    address: redis://127.0.0.1:1\n"
                + "    password: {file: \(playground.path.string)/redis.password}\n  secrets:\n"
        )
        var written = made.text
        let identity = ["--identity", "kit.txt"]
        let verbs: [[String]] = [
            ["backup"], ["ls"], ["status"], ["check", "--deep"], ["key", "show"],
            ["key", "kit", "--test", "kit.txt"], ["restore", "web/files", "--to", "a"] + identity,
            ["restore", "web/secrets", "--to", "b", "--yes"] + identity,
            ["restore", "web/secrets", "--to", "b", "--yes"] + identity, ["init", "web"],
            ["key", "enrol", "--kit", "kit.txt"], ["backup", "--identity", "kit.txt"],
        ]
        for verb in verbs {
            written += try await playground.run(verb).text
            written += try await playground.run(verb + ["--json"]).text
        }
        for secret in secrets { #expect(!written.contains(secret)) }
        #expect(written.contains("E-REDIS"))
        // The way back is still open: the secret is there, opened.
        let restored = playground.restored("b", "secret.env")
        #expect(try playground.read(restored) == Playground.secret)
    }

    @Test
    func `every line of JSON is one object with its type`() async throws {
        let playground = try Playground()
        var text = try await playground.initialise(["--json"]).output
        let verbs = [
            ["backup"], ["ls"], ["status"], ["check"], ["key", "show"], ["nothing"],
            ["restore", "web/files", "--to", "a", "--yes"],
        ]
        for verb in verbs { text += try await playground.run(verb + ["--json"]).output }
        let lines = text.split(separator: "\n")
        #expect(lines.count >= 8)
        for line in lines {
            #expect(line.hasPrefix("{\"message_type\":\"") && line.hasSuffix("}"), "\(line)")
            #expect(line.contains("\"schema\":\"lifeboat/v1\""))
        }
        #expect(text.contains("\"message_type\":\"exit_error\""))
    }
}
