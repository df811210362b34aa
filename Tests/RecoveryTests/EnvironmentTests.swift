import Recovery
import Sealing
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Two environments of one stack on one host: they share neither vault nor recipient.
@Suite(.ownThreads) struct EnvironmentTests {
    private static let staging = ["--config", "staging.yaml"]

    /// `prod` and `staging` side by side, each with a backup.
    private func both() async throws -> (Playground, prod: String, staging: String) {
        let playground = try await Playground.initialised()
        let made = try await playground.run(
            [
                "init", "web", "--environment", "staging", "--copy", "vault-2", "--files", "source",
                "--secrets", "secret.env", "--state", "state-2", "--host", "h1", "--kit",
                "kit-2.txt",
            ] + Self.staging
        )
        #expect(made.code == 0, "\(made.text)")
        for config in [[], Self.staging] {
            let backup = try await playground.run(["backup"] + config)
            #expect(backup.code == 0, "\(backup.text)")
        }
        let kits = try ["kit.txt", "kit-2.txt"].map { name in
            try RecoveryKit(reading: playground.path.appending(name)).openKeys(.none).dataIdentity
                .recipient.text
        }
        return (playground, kits[0], kits[1])
    }

    /// Replaces a text in the configuration of staging.
    private func edit(_ playground: Playground, _ old: String, _ new: String) throws {
        let text = try playground.read("staging.yaml")
        #expect(text.contains(old))
        try playground.write("staging.yaml", text.replacing(old, with: new))
    }

    @Test
    func `a recipient of another environment is refused, wherever it is named`() async throws {
        let (playground, prod, staging) = try await both()
        try edit(playground, "recipients: [\(staging)]", "recipients: [\(staging), \(prod)]")
        let enrol = ["key", "enrol", "--kit", "kit-2.txt", "--keep-keys"] + Self.staging
        let refused = try await playground.run(enrol)
        #expect(refused.code == 15, "\(refused.text)")
        #expect(refused.errors.contains("id: E-RECIPIENT-SHARED"))
        #expect(refused.errors.contains("environment 'prod' too, and this is 'staging'"))
        #expect(refused.errors.contains("lifeboat key enrol --kit FILE --keep-keys"))
        #expect(refused.errors.contains("state/recipients"))
        // Nothing has changed: the old recipients are in force, the others not.
        #expect(try await playground.run(["backup"] + Self.staging).code == 15)
        try edit(playground, "recipients: [\(staging), \(prod)]", "recipients: [\(staging)]")
        #expect(try await playground.run(["backup"] + Self.staging).code == 0)
        #expect(try await playground.run(["backup"]).code == 0)
        // One that secrets are sealed to is no better.
        let data = try RecoveryKit(reading: playground.kit).openKeys(.none)
        let own = try RecoveryKit(reading: playground.path.appending("kit-2.txt")).openKeys(.none)
        try edit(
            playground,
            own.secretsIdentity.recipient.text,
            data.secretsIdentity.recipient.text
        )
        let secrets = try await playground.run(["backup"] + Self.staging)
        #expect(secrets.code == 15 && secrets.errors.contains("id: E-RECIPIENT-SHARED"))
        let run = try await playground.run(["run"] + Self.staging)
        #expect(run.code == 15 && run.errors.contains("id: E-RECIPIENT-SHARED"))
    }

    @Test
    func `doctor and status name it, and mend tells how`() async throws {
        let (playground, _, _) = try await both()
        let secret = try RecoveryKit(reading: playground.kit).openKeys(.none).secretsIdentity
        let own = try RecoveryKit(reading: playground.path.appending("kit-2.txt")).openKeys(.none)
        try edit(playground, own.secretsIdentity.recipient.text, secret.recipient.text)
        let doctor = try await playground.run(["doctor"] + Self.staging)
        #expect(doctor.code == 15, "\(doctor.text)")
        #expect(doctor.output.contains("it is a recipient of environment 'prod' too"))
        let status = try await playground.run(["status"] + Self.staging)
        #expect(status.output.contains("it is a recipient of environment 'prod' too"))
        // What is there comes back all the same.
        let restore = ["restore", "web/files", "--yes", "--to", "out"] + Self.staging
        #expect(try await playground.run(restore).code == 0)
        // An environment that is gone is no reason.
        try playground.remove("state/recipients")
        #expect(try await playground.run(["backup"] + Self.staging).code == 0)
        // And now it is this one's: the other learns of it.
        let other = try await playground.run(["backup"])
        #expect(other.code == 15 && other.errors.contains("environment 'staging' too"))
    }

    @Test
    func `a neighbour whose memory is garbled is named, and stops nothing`() async throws {
        let (playground, _, _) = try await both()
        let fact = "unable to tell whether another environment has a recipient of 'staging'"
        try playground.write("state/recipients", "garbage\n")
        let status = try await playground.run(["status"] + Self.staging)
        #expect(status.output.contains("problem: \(fact)"), "\(status.text)")
        let doctor = try await playground.run(["doctor"] + Self.staging)
        #expect(doctor.output.contains("warning: recipients: \(fact)"), "\(doctor.text)")
        #expect(try await playground.run(["backup"] + Self.staging).code == 0)
        // The neighbour's own backup writes it anew.
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(!(try await playground.run(["status"] + Self.staging).output.contains(fact)))
    }

    @Test
    func `a neighbour of the same environment, or one that holds nonsense, is no reason`()
        async throws
    {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        let lines = try playground.read("state/recipients").split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("lifeboat recipients 1 ") && lines[0].hasSuffix(" prod"))
        let first = String(lines[0])
        let rest = lines.dropFirst().joined(separator: "\n")
        let texts = [
            "\(first)\n\(rest)\n", "nonsense\n\(rest)\n",
            first.replacing(" prod", with: " dev more") + "\n\(rest)\n",
        ]
        for (number, text) in texts.enumerated() {
            let folder = playground.path.appending("state-of-\(number)")
            try FileSystem.makeDirectories(folder, mode: 0o700)
            try playground.write("state-of-\(number)/recipients", text)
        }
        try FileSystem.makeDirectories(playground.path.appending("x/recipients"), mode: 0o700)
        #expect(try await playground.run(["backup"]).code == 0)
        try playground.write(
            "state-of-0/recipients",
            try playground.read("state/recipients").replacing(" prod", with: " dev")
        )
        #expect(try await playground.run(["backup"]).code == 15)
    }

    @Test
    func `a configuration or a kit of another environment is refused`() async throws {
        let (playground, _, _) = try await both()
        try playground.edit("environment: prod", "environment: staging")
        for verb in [["backup"], ["restore", "--to", "out", "--yes"], ["check"], ["key", "show"]] {
            let refused = try await playground.run(verb)
            #expect(refused.code == 15, "\(verb): \(refused.text)")
            #expect(refused.errors.contains("id: E-ENVIRONMENT"), "\(verb)")
        }
        try playground.edit("environment: staging", "environment: prod")
        let kit = try await playground.run(["key", "enrol", "--kit", "kit-2.txt"])
        #expect(kit.code == 12 && kit.errors.contains("id: E-KIT-FOREIGN"), "\(kit.text)")
        #expect(try await playground.run(["backup"]).code == 0)
    }
}
