import Model
import ObjectStorage
import TestKit
import Testing

/// A stack in a bucket of which each role may do what `Docs/operations.md` says and no more, enforced by a server.
@Suite(.ownThreads) struct RolesTests {
    private struct Scene {
        let server: MotoServer
        let settings: S3Settings
        let playground: Playground

        /// Runs the program with the credentials of a role.
        func run(_ role: String, _ words: [String]) async throws -> Program.Ending {
            let bucket = try server.bucket("versioned", user: role)
            return try await playground.run(
                words,
                variables: bucket.environment.merging(["AWS_ENDPOINT_URL": settings.endpoint ?? ""])
                { $1 }
            )
        }

        /// The objects below a folder.
        func names(_ folder: String) async throws -> [ObjectName] {
            let bucket = try server.bucket("versioned", user: "host")
            let store = try S3Store(settings, environment: bucket.environment)
            var names: [ObjectName] = []
            try await store.list(folder) { names.append($0.name) }
            return names
        }
    }

    /// A stack that a host made with its own credentials, and backed up twice.
    private func backedUp() async throws -> Scene {
        let everything = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:*"],
              "Resource": ["arn:aws:s3:::versioned", "arn:aws:s3:::versioned/*"]}]}
            """
        let server = try MotoServer(users: [
            "host": MotoServer.policy("host"), "maintainer": MotoServer.policy("maintainer"),
            "restorer": MotoServer.policy("restorer"), "thief": everything,
        ])
        var settings = try server.bucket("versioned").settings
        settings.prefix = "prod"
        let scene = Scene(server: server, settings: settings, playground: try Playground())
        try scene.playground.fill(seed: 31)
        let made = try await scene.run(
            "host",
            [
                "init", "web", "--copy", settings.url, "--files", "source", "--state", "state",
                "--host", "h1", "--kit", "kit.txt",
            ]
        )
        #expect(made.code == 0, "\(made.text)")
        for round in 1...2 {
            try scene.playground.write("source/letter", "round \(round)\n")
            let backup = try await scene.run("host", ["backup"])
            #expect(backup.code == 0, "\(backup.text)")
        }
        return scene
    }

    @Test func `a host backs up and deletes nothing, a restorer only reads`() async throws {
        let scene = try await backedUp()
        for words in [["status"], ["check"], ["ls"]] {
            let ending = try await scene.run("host", words)
            #expect(ending.code == 0, "\(words): \(ending.text)")
        }
        let restored = try await scene.run("restorer", ["restore", "--to", "out", "--yes"])
        #expect(restored.code == 0, "\(restored.text)")
        #expect(try scene.playground.isWhole("out"))
        let written = try await scene.run("restorer", ["backup"])
        #expect(written.code == 13 && written.errors.contains("id: E-STORE-DENIED"))

        // Marking takes no deletion; the third run has an inventory of the first to delete.
        try scene.playground.edit("name: s3,", "name: s3, keep: {last: 1},")
        let before = Set(try await scene.names("packs/") + scene.names("snapshots/"))
        var last = try await scene.run("host", ["prune", "--yes"])
        #expect(last.output.contains("marked: 1 snapshots"), "\(last.text)")
        for _ in 0..<2 { last = try await scene.run("host", ["prune", "--yes"]) }
        #expect(last.code == 13 && last.errors.contains("id: E-STORE-DENIED"), "\(last.text)")
        #expect(last.errors.contains("versions of object 'ledger/"), "\(last.text)")
        #expect(before.isSubset(of: try await scene.names("packs/") + scene.names("snapshots/")))
        let maintained = try await scene.run("maintainer", ["prune", "--yes"])
        #expect(maintained.code == 0, "\(maintained.text)")
    }

    @Test func `what a thief overwrites is read from behind, and a maintainer brings it back`()
        async throws
    {
        let scene = try await backedUp()
        let packs = try await scene.names("packs/")
        try await scene.server.hide(packs, in: scene.settings, with: "not a pack", as: "thief")
        let found = try await scene.run("host", ["check"])
        #expect(found.code == 5, "\(found.text)")
        let restored = try await scene.run("restorer", ["restore", "--to", "out", "--yes"])
        #expect(restored.code == 0, "\(restored.text)")
        #expect(try scene.playground.isWhole("out"))
        #expect(restored.output.contains("it came from an older version there"))
        // A host may not look at versions, so it can only say what is damaged.
        let kept = try await scene.run("host", ["check", "--repair"])
        #expect(kept.code == 5, "\(kept.text)")
        let mended = try await scene.run("maintainer", ["check", "--repair"])
        #expect(mended.code == 0, "\(mended.text)")
        #expect(mended.output.contains("from an older version"), "\(mended.text)")
        #expect(try await scene.run("host", ["check"]).code == 0)
    }
}
