import FileProtection
import Model
import Protection
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// The stack's own repository belongs to whoever works on the stack: looking at it gives them nothing.
@Suite(.networkThreads) struct OwnRepositoryTests {
    /// A history for tests whose folder is a repository with one commit; what git does there.
    private func committed() async throws -> HistoryForTests {
        let own = try await HistoryForTests()
        try own.at.write("a", "one")
        try await git(own, ["init", "-q", "-b", "main"])
        try await git(own, ["add", "-A"])
        try await git(
            own,
            ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"]
        )
        return own
    }

    @discardableResult
    private func git(_ own: HistoryForTests, _ arguments: [String]) async throws -> String {
        let output = try await Command("git", arguments: ["-C", own.at.source.string] + arguments)
            .runSuccessfully(outputLimit: 1 << 20)
        return String(decoding: output, as: UTF8.self).split(separator: "\n").first.map(String.init)
            ?? ""
    }

    private func status(
        _ own: HistoryForTests,
        patience: Duration = .seconds(600)
    ) async throws -> WorkTreeStatus? {
        try await WorkTreeStatus.read(
            around: own.at.source,
            scratch: own.at.scratch.path.appending("look"),
            patience: patience
        )
    }

    @Test func `the commit is found loose, packed, on another branch and detached`() async throws {
        let own = try await committed()
        let commit = try await git(own, ["rev-parse", "HEAD"])
        #expect(try await status(own)?.commit == commit)
        try await git(own, ["checkout", "-q", "-b", "feature/x"])
        #expect(try await status(own)?.commit == commit)
        try await git(own, ["pack-refs", "--all"])
        #expect(try await status(own)?.commit == commit)
        try await git(own, ["checkout", "-q", "--detach"])
        try own.at.write("b", "new")
        let detached = try #require(try await status(own))
        #expect(detached.commit == commit)
        #expect(detached.paths == ["b"])
    }

    @Test(arguments: [
        "ref: ../../../etc/passwd", "ref: refs/../HEAD", "ref: refs//x", "ref: HEAD", "ref: ",
        "refs/heads/main", "", "../x", "ref: refs/heads/none",
    ])
    func `a HEAD that names no commit of it is none`(text: String) async throws {
        let own = try await committed()
        try own.at.write(".git/HEAD", text + "\n")
        #expect(try await status(own) == nil)
    }

    /// Resolving a name makes git fetch what a partial clone lacks, by the program that its configuration names.
    @Test func `a partial clone makes nobody run a program of its owner's`() async throws {
        let own = try await committed()
        let mark = own.at.scratch.path.appending("mark")
        let evil = own.at.scratch.path.appending("evil.sh")
        try DurableFile.create(
            evil,
            with: Array("#!/bin/sh\ntouch '\(mark.string)'\nexit 1\n".utf8),
            mode: 0o755
        )
        let commit = try await git(own, ["rev-parse", "HEAD"])
        for (name, value) in [
            ("core.repositoryFormatVersion", "1"), ("extensions.partialClone", "origin"),
            ("remote.origin.url", own.at.source.string), ("remote.origin.promisor", "true"),
            ("remote.origin.uploadpack", evil.string),
            ("remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"),
        ] { try await git(own, ["config", name, value]) }
        try FileSystem.removeFile(
            own.at.source.appending(".git/objects/\(commit.prefix(2))/\(commit.dropFirst(2))")
        )
        let snapshot = try await own.at.backUp(try own.component())
        #expect(snapshot.head.problems == 0)
        #expect(try FileSystem.status(mark) == nil)
        // The trap works: a git that is run on that repository steps into it.
        _ = try await Command(
            "git",
            arguments: ["-C", own.at.source.string, "rev-parse", "--verify", "HEAD^{commit}"]
        ).run(outputLimit: 1 << 10)
        #expect(try FileSystem.status(mark) != nil)
    }

    @Test(arguments: [".git/index", ".gitignore", ".gitattributes"])
    func `a pipe in the place of a file holds nobody up for ever`(place: String) async throws {
        let own = try await committed()
        let path = own.at.source.appending(place)
        try FileSystem.removeFile(path)
        let name = try #require(path.lastName)
        try Directory.open(path.parent).makeNode(name, kind: .fifo, mode: 0o600)
        do {
            // A git that asks what a name stands for before it opens it is fine too.
            _ = try await status(own, patience: .seconds(2))
        } catch { #expect("\(error)".contains("git did not end within")) }
    }

    @Test func `a name says nothing to the terminal of who reads the history`() async throws {
        let own = try await HistoryForTests()
        try own.at.write("a\u{1B}[2J\nb", "one")
        _ = try await own.at.backUp(try own.component())
        let history = try await own.history("h")
        let log = try await HistoryForTests.git(history, ["log", "--format=%B"])
        #expect(!log.contains(0x1B))
        #expect(String(decoding: log, as: UTF8.self).contains("add a\\x1b[2J\\x0ab"))
    }
}
