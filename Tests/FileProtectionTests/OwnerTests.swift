import FileProtection
import FileTrees
import Model
import Protection
import Sealing
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// Files go to whoever has their owner's name on the host that restores them.
@Suite struct OwnerTests {
    private struct Owner {
        var user: UInt32
        var userName: String
        var group: UInt32
        var groupName: String
    }

    /// `daemon` and `bin` have other numbers on every host than on the one that this snapshot is from.
    private static let owners: [String: Owner] = [
        "known": Owner(user: 41_001, userName: "daemon", group: 41_002, groupName: "bin"),
        "unknown": Owner(
            user: 41_003,
            userName: "no-such-user",
            group: 41_004,
            groupName: "no-such-group"
        ),
        "nameless": Owner(user: 41_005, userName: "", group: 41_006, groupName: ""),
        // Root is root, whatever it was called, and nobody becomes root by a name.
        "roots": Owner(user: 0, userName: "daemon", group: 0, groupName: "bin"),
        "false": Owner(user: 41_007, userName: "root", group: 41_008, groupName: "root"),
    ]

    private func entry(
        _ name: String,
        _ owner: Owner,
        _ kind: ManifestEntry.Kind,
        mode: UInt16
    ) -> ManifestEntry {
        var entry = ManifestEntry(path: Array("srv/\(name)".utf8), kind: kind, mode: mode)
        (entry.owner, entry.group) = (owner.user, owner.group)
        (entry.ownerName, entry.groupName) = (owner.userName, owner.groupName)
        return entry
    }

    /// A snapshot of another host.
    private func backUp(_ at: VaultForTests) async throws {
        _ = try await at.backUp(kind: .files) { (session) throws(Fault) in
            for (name, owner) in Self.owners.sorted(by: { $0.key < $1.key }) {
                let chunks = session.chunks(sizeHint: 1)
                try await chunks.write([1])
                try session.add(
                    self.entry(name, owner, .file, mode: 0o4750),
                    content: try await chunks.finish()
                )
                try session.add(self.entry("\(name).d", owner, .directory, mode: 0o2750))
                var link = self.entry("\(name).l", owner, .symbolicLink, mode: 0o777)
                link.target = [46]
                try session.add(link)
            }
            return BackupDraft(time: Instant(seconds: 1), facts: ["root.1": "/srv"])
        }
    }

    private func restore(
        _ at: VaultForTests,
        _ name: String,
        change: (inout RestoreRequest) -> Void = { _ in }
    ) async throws -> (outcome: RestoreOutcome, owners: [String: [UInt32]]) {
        let target = at.scratch.path.appending(name)
        let files = try FilesComponent(name: "c", roots: ["/srv"])
        var request = at.request(to: target)
        change(&request)
        let plan = try await files.planRestore(request)
        let outcome = try await files.restore(plan, request, progress: .silent)
        #expect(outcome.problems == [])
        var owners: [String: [UInt32]] = [:]
        for name in Self.owners.keys {
            let place = target.appending("srv/\(name)")
            let status = try #require(try FileSystem.status(place))
            #expect(status.mode == 0o4750)
            owners[name] = [status.owner, status.group]
            for other in ["\(name).d", "\(name).l"] {
                let status = try FileSystem.status(target.appending("srv/\(other)"))
                #expect(status.map { [$0.owner, $0.group] } == owners[name])
            }
        }
        return (outcome, owners)
    }

    @Test func `files go to the accounts of their names, or of their numbers where none has it`()
        async throws
    {
        let at = try await VaultForTests()
        try await backUp(at)
        let (user, group) = (try Account.named("daemon").uid, try #require(Account.groupID("bin")))
        let wanted: [String: [UInt32]] = [
            "known": [user, group], "unknown": [41_003, 41_004], "nameless": [41_005, 41_006],
            "roots": [0, 0], "false": [41_007, 41_008],
        ]
        let first = try await restore(at, "t")
        #expect(first.owners == wanted)
        #expect(
            Array(first.outcome.lines.dropFirst())
                == [
                    ("user 'no-such-user'", 41_003), ("user 'root'", 41_007),
                    ("group 'no-such-group'", 41_004), ("group 'root'", 41_008),
                ].map { who, number in
                    "\(who) has no account on this host to take its files: they belong to number \(number)"
                }
        )
        // What is renewed gets them too, though its content is right.
        let folder = try Directory.open(at.scratch.path.appending("t/srv"))
        try folder.setOwner(7, group: 7, of: try #require(FileName("known")))
        #expect(try await restore(at, "t") { $0.isDelta = true }.owners == wanted)
        let second = try await restore(at, "numbers") { $0.keepsNumbers = true }
        #expect(second.owners == Self.owners.mapValues { [$0.user, $0.group] })
        #expect(second.outcome.lines.count == 1)
    }
}
