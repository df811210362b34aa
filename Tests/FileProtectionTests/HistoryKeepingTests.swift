import FileProtection
import FileTrees
import Model
import Protection
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// What becomes of a history when the host loses, damages or cannot send it.
@Suite(.ownThreads) struct HistoryKeepingTests {
    @Test func `the whole history comes back after the host's repository is gone`() async throws {
        let own = try await HistoryForTests()
        let component = try own.component()
        var commits: [String] = []
        for round in 0..<6 {
            if round == 3 || round == 5 { try FileSystem.removeTree(own.repository) }
            try own.at.write("a", "\(round)")
            let snapshot = try await own.at.backUp(component)
            #expect(snapshot.head.problems == 0)
            commits.append(try #require(snapshot.head.facts["commit"]))
        }
        let history = try await own.history("h")
        let known = try await HistoryForTests.lines(history, ["rev-list", "--all"])
        #expect(Set(known) == Set(commits))
        for (round, commit) in commits.enumerated() {
            let bytes = try await HistoryForTests.git(history, ["show", "\(commit):a"])
            #expect(bytes == Array("\(round)".utf8))
        }
    }

    @Test func `a history that is brought back goes on where it was`() async throws {
        let own = try await HistoryForTests()
        let component = try own.component()
        try own.at.write("a", "1")
        _ = try await own.at.backUp(component)
        try own.at.write("a", "2")
        _ = try await own.at.backUp(component)
        try FileSystem.removeTree(own.repository)
        try await own.at.restore(try own.component(restoresHistory: true), to: own.repository)
        try own.at.write("a", "3")
        let third = try await own.at.backUp(component)
        #expect(third.head.facts["commits"] == "3")
        let history = try await own.history("h")
        let references = try await HistoryForTests.lines(
            history,
            ["for-each-ref", "--format=%(refname)"]
        )
        #expect(references == ["refs/heads/main"])
    }

    @Test func `damage of the host's objects never reaches the vault`() async throws {
        let own = try await HistoryForTests()
        let component = try own.component()
        try own.at.write("a", "1")
        try own.at.write("b", "1")
        _ = try await own.at.backUp(component)
        var damaged = 0
        let objects = own.repository.appending("objects")
        for path in try await Harvest(objects).contents.keys {
            var bytes = try read(path.path(below: objects))
            guard !bytes.isEmpty else { continue }
            bytes[bytes.count / 2] ^= 1
            try DurableFile.replace(path.path(below: objects), with: bytes, mode: 0o600)
            damaged += 1
        }
        #expect(damaged >= 3)
        try own.at.write("a", "2")
        let fault = await own.refusal(component)
        #expect(fault?.code.id == "E-HISTORY-GIT")
        #expect(fault?.hints.contains { $0.contains("mv '") } == true)
        // As the hint says.
        try FileSystem.rename(own.repository, to: FilePath(own.repository.string + ".broken"))
        let next = try await own.at.backUp(component)
        #expect(next.head.problems == 0)
        let history = try await own.history("h")
        #expect(try await HistoryForTests.lines(history, ["rev-list", "--all"]).count == 2)
    }

    @Test func `what a killed run left is cleared away`() async throws {
        let own = try await HistoryForTests()
        let component = try own.component()
        try own.at.write("a", "1")
        _ = try await own.at.backUp(component)
        let left = FilePath(own.repository.string + ".new")
        try FileSystem.makeDirectories(left.appending("objects/info"), mode: 0o700)
        try DurableFile.replace(left.appending("HEAD"), with: Array("junk".utf8), mode: 0o600)
        try own.at.write("a", "2")
        let second = try await own.at.backUp(component)
        #expect(second.head.facts["commits"] == "2")
        #expect(try FileSystem.status(left) == nil)
    }

    @Test func `a commit without a snapshot is in the next one`() async throws {
        let own = try await HistoryForTests()
        let component = try own.component()
        try own.at.write("a", "1")
        let context = BackupContext(
            vault: own.at.vault,
            keys: own.at.keys,
            stream: own.at.stream,
            state: own.at.state,
            clock: own.at.clock,
            progress: .silent
        )
        await #expect(throws: Fault.self) {
            try await own.at.backUp { session async throws(Fault) in
                _ = try await component.backUp(into: session, context)
                throw Fault(.cancelled, "unable to go on")
            }
        }
        try own.at.write("a", "2")
        #expect(try await own.at.backUp(component).head.facts["commits"] == "2")
        let history = try await own.history("h")
        #expect(try await HistoryForTests.git(history, ["show", "HEAD~1:a"]) == Array("1".utf8))
    }

    @Test func `commits reach a remote, which nothing overwrites`() async throws {
        let own = try await HistoryForTests()
        let remote = own.at.scratch.path.appending("remote.git")
        _ = try await Command("git", arguments: ["init", "-q", "--bare", remote.string])
            .runSuccessfully(outputLimit: 1 << 10)
        let component = try own.component(
            remote: GitRemote(remote.string) { () async throws(Fault) in nil }
        )
        try own.at.write("a", "1")
        #expect(try await own.findings(component) == [])
        try own.at.write("a", "2")
        #expect(try await own.findings(component) == [])
        let pushed = try await HistoryForTests.lines(remote, ["rev-list", "refs/heads/main"])
        #expect(pushed.count == 2)
        // Somebody else wrote there: the snapshot stands, and the remote stays as it is.
        let tree = try await HistoryForTests.lines(remote, ["rev-parse", "main^{tree}"])[0]
        let other = try await Command(
            "git",
            arguments: [
                "--git-dir", remote.string, "-c", "user.name=x", "-c", "user.email=x@x",
                "commit-tree", tree, "-m", "other",
            ]
        ).runSuccessfully(outputLimit: 1 << 10)
        let commit = String(decoding: other.dropLast(), as: UTF8.self)
        _ = try await HistoryForTests.git(remote, ["update-ref", "refs/heads/main", commit])
        try own.at.write("a", "3")
        #expect(try await own.findings(component) == ["E-HISTORY-PUSH"])
        #expect(try await HistoryForTests.lines(remote, ["rev-parse", "main"]) == [commit])
        #expect(try await own.at.vault.snapshots(of: own.at.stream).snapshots.count == 3)
    }

    @Test func `no key stays anywhere, and no address runs a program`() async throws {
        let own = try await HistoryForTests()
        let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2hunter2\n"
        let mark = own.at.scratch.path.appending("mark")
        try own.at.write("a", "1")
        for url in ["ssh://nobody@127.0.0.1:1/x", "ext::touch \(mark.string)", "-u\(mark.string)"] {
            let remote = GitRemote(url) { () async throws(Fault) in key }
            let component = try own.component(remote: remote)
            #expect(try await own.findings(component) == ["E-HISTORY-PUSH"], "\(url)")
        }
        #expect(try FileSystem.status(mark) == nil)
        for bytes in try await Harvest(own.at.state).contents.values {
            #expect(!bytes.contains(Array("hunter2".utf8)))
        }
    }
}

extension HistoryForTests {
    /// Backs up; the ids of the findings.
    func findings(_ component: ConfigurationComponent) async throws -> [String] {
        var ids: [String] = []
        let context = BackupContext(
            vault: at.vault,
            keys: at.keys,
            stream: at.stream,
            state: at.state,
            clock: at.clock,
            progress: .silent
        )
        _ = try await at.backUp { session async throws(Fault) in
            let draft = try await component.backUp(into: session, context)
            ids = draft.findings.map(\.code.id)
            return draft
        }
        return ids
    }
}
