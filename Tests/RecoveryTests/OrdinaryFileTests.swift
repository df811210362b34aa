import Model
import Recovery
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Pipes, folders and devices where files belong: nothing waits for them.
@Suite(.timeLimit(.minutes(30)), .ownThreads)
struct OrdinaryFileTests {
    /// Makes a thing of some kind in a playground and gives its name.
    private func make(
        _ kind: FileStatus.Kind,
        _ name: String,
        in playground: Playground
    ) throws {
        let path = playground.path.appending(name)
        let folder = try Directory.open(path.parent)
        let file = try #require(path.lastName)
        switch kind {
        case .directory: try folder.makeDirectory(file, mode: 0o700)
        case .characterDevice:
            try folder.makeNode(
                file,
                kind: kind,
                mode: 0o600,
                // /dev/zero, which has no end.
                deviceNumber: FileStatus.deviceNumber(major: 1, minor: 5)
            )
        default: try folder.makeNode(file, kind: kind, mode: 0o600)
        }
    }

    private static let kinds: [FileStatus.Kind] = [.fifo, .directory, .characterDevice, .socket]

    @Test(arguments: kinds)
    func `what is no file is no configuration`(kind: FileStatus.Kind) async throws {
        let playground = try await Playground.initialised()
        try make(kind, "odd", in: playground)
        for verb in ["ls", "backup"] {
            let ending = try await playground.run([verb, "--config", "odd"])
            #expect(ending.code == 2, "\(ending.text)")
            #expect(ending.errors.contains("id: E-CONFIG-FILE"))
        }
    }

    @Test(arguments: kinds)
    func `what is no file is no secret of the configuration`(kind: FileStatus.Kind) async throws {
        let playground = try await Playground.initialised()
        try make(kind, "odd", in: playground)
        try playground.edit(
            "components:\n",
            "components:\n  cache:\n    kind: redis\n    address: redis://127.0.0.1:1\n"
                + "    password: {file: \(playground.path.string)/odd}\n"
        )
        let password = try await playground.run(["backup", "web/cache"])
        #expect(password.code == 15, "\(password.text)")
        #expect(password.errors.contains("id: E-IO-KIND"))
        let state = playground.path.appending("state/keys/data.identity").string
        try playground.edit("{file: \(state)}", "{file: \(playground.path.string)/odd}")
        let identity = try await playground.run(["restore", "web/files", "--to", "out"])
        #expect(identity.code == 15, "\(identity.text)")
        #expect(identity.errors.contains("id: E-IO-KIND"))
    }

    @Test(arguments: kinds)
    func `what is no file is no key of this host`(kind: FileStatus.Kind) async throws {
        let playground = try await Playground.initialised()
        try playground.remove("state/keys/host.secret")
        try make(kind, "state/keys/host.secret", in: playground)
        let ending = try await playground.run(["backup"])
        #expect(ending.code == 12, "\(ending.text)")
        #expect(ending.errors.contains("id: E-KEYS-DAMAGED"))
        #expect(try await playground.run(["key", "enrol", "--kit", "kit.txt"]).code == 0)
        #expect(try await playground.run(["backup"]).code == 0)
    }

    @Test(arguments: [FileStatus.Kind.directory, .characterDevice, .socket])
    func `what is neither file nor pipe is no identity and no kit`(
        kind: FileStatus.Kind
    ) async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        try make(kind, "odd", in: playground)
        for verb in [
            ["restore", "--to", "out", "--identity", "odd"], ["key", "kit", "--test", "odd"],
            ["key", "enrol", "--kit", "odd"], ["check", "--identity", "odd"],
        ] {
            let ending = try await playground.run(verb)
            #expect(ending.code == 15, "\(ending.text)")
            #expect(ending.errors.contains("id: E-IO-KIND"))
        }
    }

    @Test
    func `a pipe that nobody writes to is given up`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        try make(.fifo, "odd", in: playground)
        let ending = try await playground.run(["restore", "--to", "out", "--identity", "odd"])
        #expect(ending.code == 1, "\(ending.text)")
        #expect(ending.errors.contains("id: E-IO-PIPE"))
    }

    @Test
    func `a kit that a program writes is taken`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        let program = try Program.path.string
        let script = """
            set -e
            '\(program)' restore web/files --to a --yes --identity <(sleep 0.3; cat kit.txt)
            cat kit.txt | '\(program)' restore web/secrets --to b --yes --identity /dev/stdin
            '\(program)' restore web/files --to c --yes --identity /dev/stdin < kit.txt
            '\(program)' key kit --test <(cat kit.txt)
            """
        let result = try await Command(
            "/bin/bash",
            arguments: ["-c", script],
            workingDirectory: playground.path
        ).run(outputLimit: 1 << 20)
        #expect(result.status == .exited(0), "\(result.errorText)")
        let secret = playground.restored("b", "secret.env")
        #expect(try playground.read(secret) == Playground.secret)
    }
}
