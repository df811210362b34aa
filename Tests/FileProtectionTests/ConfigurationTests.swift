import FileProtection
import FileTrees
import Model
import Protection
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

@Suite(.networkThreads) struct ConfigurationTests {
    @Test func `each change is a commit that says what changed`() async throws {
        let own = try await HistoryForTests()
        let component = try own.component(exclude: ["*.log"])
        try own.at.write("compose.yml", "one\n")
        try own.at.write("grafana/a.json", "{}\n")
        try own.at.write("noise.log", "noise\n")
        let first = try await own.at.backUp(component)
        try own.at.write("compose.yml", "two\n")
        let second = try await own.at.backUp(component)
        try own.at.write("compose.yml", "three\n")
        try own.at.write("new", "new\n")
        try Directory.open(own.at.source.appending("grafana"))
            .removeFile(try #require(FileName("a.json")))
        let third = try await own.at.backUp(component)
        let commits = [first, second, third].compactMap { $0.head.facts["commit"] }
        #expect(Set(commits).count == 3)
        #expect(third.head.facts["commits"] == "3")
        let history = try await own.history("h")
        #expect(
            try await HistoryForTests.lines(history, ["log", "--format=%H %s"]) == [
                "\(commits[2]) 1 changed, 1 added, 1 removed", "\(commits[1]) change compose.yml",
                "\(commits[0]) 2 added",
            ]
        )
        let body = try await HistoryForTests.lines(history, ["log", "-1", "--format=%b"])
        #expect(body == ["M compose.yml", "D grafana/a.json", "A new"])
        let old = try await HistoryForTests.git(history, ["show", "\(commits[0]):compose.yml"])
        #expect(old == Array("one\n".utf8))
    }

    @Test func `the files of a time come back with their modes, without git`() async throws {
        let own = try await HistoryForTests()
        let component = try own.component()
        try own.at.write("run.sh", Array("#!/bin/sh\n".utf8), mode: 0o750)
        try own.at.write("d/a", Array("one".utf8), mode: 0o640)
        let before = try await Harvest(own.at.source)
        let first = try await own.at.backUp(component)
        try own.at.write("d/a", "two")
        _ = try await own.at.backUp(component)
        let target = own.at.scratch.path.appending("t")
        try await own.at.restore(component, to: target, at: .time(first.head.time))
        let after = try await Harvest(own.at.restored("", below: target))
        #expect(after.entries == before.entries)
        #expect(after.contents == before.contents)
        // The history stays where it is unless it is asked for.
        #expect(try Directory.open(target).names().count == 1)
    }

    @Test func `nothing changed makes no commit and adds nothing`() async throws {
        let own = try await HistoryForTests()
        let component = try own.component()
        for index in 0..<20 { try own.at.write("f\(index)", "\(index)") }
        let first = try await own.at.backUp(component)
        let reports = Reports()
        let second = try await own.at.backUp(component, reports)
        #expect(first.head.facts["commit"] == second.head.facts["commit"])
        #expect(second.head.sizes.stored == 0)
        #expect(reports.notes.contains { $0.hasPrefix("nothing changed since commit") })
        #expect(try await own.history("h").lastName != nil)
    }

    @Test(arguments: UInt64(1)...4)
    func `a random tree is in git name by name and byte by byte`(seed: UInt64) async throws {
        let own = try await HistoryForTests()
        var tree = RandomTree(seed: seed)
        try tree.make(at: own.at.source, count: 120)
        let source = try await Harvest(own.at.source)
        let component = try own.component()
        let snapshot = try await own.at.backUp(component)
        #expect(snapshot.head.problems == 0, "seed \(seed)")
        var wanted: [[UInt8]: [UInt8]] = [:]
        for entry in source.entries {
            switch entry.kind {
            case .file: wanted[entry.path.bytes] = source.contents[entry.path]
            case .hardLink(let first): wanted[entry.path.bytes] = source.contents[first]
            case .symbolicLink(let target): wanted[entry.path.bytes] = target
            default: continue
            }
        }
        let history = try await own.history("h")
        let listing = try await HistoryForTests.git(history, ["ls-tree", "-r", "-z", "HEAD"])
        var found: [[UInt8]: [UInt8]] = [:]
        for line in listing.split(separator: 0) {
            let parts = line.split(separator: 9, maxSplits: 1)
            let blob = String(decoding: parts[0].suffix(40), as: UTF8.self)
            found[Array(parts[1])] = try await HistoryForTests.git(
                history,
                ["cat-file", "blob", blob]
            )
        }
        #expect((found == wanted) == true, "seed \(seed)")
        let target = own.at.scratch.path.appending("t")
        let outcome = try await own.at.restore(component, to: target)
        #expect(outcome.problems.isEmpty)
        let after = try await Harvest(own.at.restored("", below: target))
        let differing = zip(after.entries, source.entries).first { $0 != $1 }
        #expect(differing == nil && after.entries.count == source.entries.count, "seed \(seed)")
    }

    @Test func `hooks, filters and attributes of the folder run nothing and change no byte`()
        async throws
    {
        let own = try await HistoryForTests()
        let at = own.at
        let mark = at.scratch.path.appending("mark")
        let evil = "touch '\(mark.string)'; cat"
        try at.write("a", "$Id$\r\none\n\u{FEFF}two\r\n")
        let git = ["-C", at.source.string]
        for arguments in [
            ["init", "-q"], ["add", "-A"],
            ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"],
        ] {
            _ = try await Command("git", arguments: git + arguments)
                .runSuccessfully(outputLimit: 1 << 20)
        }
        for setting in [
            "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.command",
            "diff.evil.textconv", "core.fsmonitor", "core.sshCommand", "core.pager",
            "uploadpack.packObjectsHook",
        ] {
            _ = try await Command("git", arguments: git + ["config", setting, evil])
                .runSuccessfully(outputLimit: 1 << 10)
        }
        for hook in ["pre-commit", "reference-transaction", "post-index-change", "pre-push"] {
            try at.write(".git/hooks/\(hook)", Array("#!/bin/sh\n\(evil)\n".utf8), mode: 0o755)
        }
        try at.write("b", "uncommitted")
        try at.write(
            ".gitattributes",
            "* filter=evil diff=evil text eol=crlf ident working-tree-encoding=UTF-16\n"
        )
        let component = try own.component()
        let reports = Reports()
        let snapshot = try await at.backUp(component, reports)
        #expect(try FileSystem.status(mark) == nil)
        #expect(snapshot.head.facts["source.commit"]?.utf8.count == 40)
        #expect(reports.notes.contains { $0.contains("not committed") && $0.contains("b") })
        let paths = try await at.entries(snapshot).map(\.displayedPath)
        #expect(!paths.contains { $0.contains("/.git/") })
        let history = try await own.history("h")
        let bytes = try await HistoryForTests.git(history, ["cat-file", "blob", "HEAD:a"])
        #expect(bytes == Array("$Id$\r\none\n\u{FEFF}two\r\n".utf8))
        #expect(try FileSystem.status(mark) == nil)
        // The trap works: a git that heeds that repository steps into it.
        _ = try await Command("git", arguments: git + ["status"]).run(outputLimit: 1 << 20)
        #expect(try FileSystem.status(mark) != nil)
    }

    @Test func `a file that cannot be read is told, and a large one belongs elsewhere`()
        async throws
    {
        let own = try await HistoryForTests()
        try own.at.write("a", "one")
        try own.at.write("big", [UInt8](repeating: 1, count: 32 << 20 + 1))
        let reports = Reports()
        let snapshot = try await own.at.backUp(try own.component(), reports)
        #expect(snapshot.head.problems == 1)
        #expect(reports.notes.contains { $0.contains("larger than 32.0 MiB") })
        let history = try await own.history("h")
        #expect(
            try await HistoryForTests.lines(history, ["ls-tree", "--name-only", "HEAD"]) == ["a"]
        )
    }
}
