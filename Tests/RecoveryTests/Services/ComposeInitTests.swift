import Foundation
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// `init --compose` through the real executable.
@Suite(.ownThreads) struct ComposeInitTests {
    private static let text = """
        services:
          db: {image: "mysql:8", volumes: ["m:/var/lib/mysql"]}
          web:
            image: web
            env_file: [.env]
            volumes: ["./source:/data", "${CACHE:?where}:/cache"]

        """

    private func playground() throws -> Playground {
        let playground = try Playground()
        try playground.write("compose.yml", Self.text)
        try playground.write(".env", "CACHE=./secret.env\nTOKEN=hunter2\n")
        return playground
    }

    private let flags = [
        "init", "web", "--copy", "vault", "--compose", "compose.yml", "--state", "state", "--host",
        "h1", "--kit", "kit.txt",
    ]

    @Test func `a dry run prints the configuration and writes nothing`() async throws {
        let playground = try playground()
        let shown = try await playground.run(flags + ["--dry-run"])
        #expect(shown.code == 0, "\(shown.text)")
        #expect(shown.output.contains("services:"))
        #expect(shown.output.contains("# Not protected: service db: "), "\(shown.text)")
        #expect(!shown.text.contains("hunter2"))
        for name in ["lifeboat.yaml", "kit.txt", "vault", "state"] {
            #expect(try FileSystem.status(playground.path.appending(name)) == nil, "\(name)")
        }
    }

    @Test func `what is proposed is written, backed up and restored`() async throws {
        let playground = try playground()
        let made = try await playground.run(flags)
        #expect(made.code == 0, "\(made.text)")
        let text = try playground.read("lifeboat.yaml")
        #expect(text.contains("# Not protected: service db: "), "\(text)")
        #expect(text.contains("web: {compose: web}"), "\(text)")
        #expect(!text.contains("hunter2"))
        let backup = try await playground.run(["backup"])
        #expect(backup.code == 0, "\(backup.text)")
        let done = try await playground.run([
            "restore", "--identity", "kit.txt", "--to", "out", "--yes",
        ])
        #expect(done.code == 0, "\(done.text)")
        #expect(
            try playground.read(playground.restored("out/files", "source/letter"))
                == "dear reader\n"
        )
        #expect(
            try playground.read(playground.restored("out/secrets", ".env")).contains("hunter2")
        )
        #expect(
            try playground.read(playground.restored("out/config", "compose.yml")) == Self.text
        )
    }

    @Test func `overrides, what is included and every file of values are found`() async throws {
        let playground = try playground()
        let override = """
            include: [more.yml]
            services: {web: {volumes: ["./over:/over"]}}

            """
        try playground.write("compose.override.yml", override)
        let more = "services: {cache: {image: \"redis:7\", volumes: [\"r:/data\"]}}\n"
        try playground.write("more.yml", more)
        try playground.write(".env.local", "A=1\n")
        try playground.write(".env.example", "A=\n")
        let shown = try await playground.run(flags + ["--dry-run"])
        #expect(shown.code == 0, "\(shown.text)")
        for text in [
            "kind: configuration", "/compose.override.yml", "/more.yml", "/over]",
            "/.env.local]", "kind: redis", "/over: nothing is there yet",
        ] { #expect(shown.output.contains(text), "\(text): \(shown.text)") }
        // A file that is named alone is read alone, as with `docker compose -f`.
        let plain = flags.map { $0 == "compose.yml" ? "more.yml" : $0 } + ["--dry-run"]
        #expect(try await !playground.run(plain).output.contains("/over"))
    }

    @Test func `what is no compose file is refused`() async throws {
        let playground = try Playground()
        try playground.write("compose.yml", "hello")
        let refused = try await playground.run(flags)
        #expect(refused.code == 2, "\(refused.text)")
        #expect(refused.errors.contains("id: E-COMPOSE-FILE"), "\(refused.text)")
        #expect(try FileSystem.status(playground.path.appending("vault")) == nil)
    }
}
