import Recovery
import Sealing
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Recipients that were changed in the configuration.
@Suite(.ownThreads) struct RecipientsTests {
    /// A playground, its kit, and somebody who shall open its backups from now on.
    private func changed(
        _ flags: [String] = []
    ) async throws -> (Playground, old: String, new: AgeIdentity) {
        let playground = try await Playground.initialised(flags)
        #expect(try await playground.run(["backup"]).code == 0)
        let old = try RecoveryKit(reading: playground.kit).openKeys(.none)
            .dataIdentity.recipient.text
        let new = AgeIdentity()
        try playground.edit("recipients: [\(old)]", "recipients: [\(new.recipient), \(old)]")
        return (playground, old, new)
    }

    @Test
    func `nothing is written until the operator's key vouches for them`() async throws {
        let (playground, old, new) = try await changed()
        for verb in ["backup", "run"] {
            let refused = try await playground.run([verb])
            #expect(refused.code == 15, "\(refused.text)")
            #expect(refused.errors.contains("id: E-RECIPIENTS"))
            #expect(refused.errors.contains("lifeboat key enrol --kit FILE --keep-keys\n"))
            let both = [old, new.recipient.text].sorted().joined(separator: ", ")
            #expect(refused.errors.contains("names \(both)."))
            #expect(refused.errors.contains("Enrolled are \(old)."))
        }
        let status = try await playground.run(["status"])
        #expect(status.code == 0)
        #expect(status.output.contains("problem: unable to seal to `keys.recipients`"))
        let hints = status.output.split(separator: "\n").filter { $0.hasPrefix("  hint: ") }
        #expect(hints.contains { $0.contains("lifeboat key enrol --kit FILE") }, "\(status.text)")
        // What is there can still be brought back.
        let restore = ["restore", "web/files", "--yes", "--to"]
        #expect(try await playground.run(restore + ["before"]).code == 0)

        #expect(try await playground.run(["key", "enrol", "--kit", "kit.txt"]).code == 0)
        #expect(try await playground.run(["backup"]).code == 0)
        let mended = try await playground.run(["status"])
        #expect(!mended.output.contains("problem:"))
        try playground.write("new.key", new.secretText)
        let opened = try await playground.run(restore + ["after", "--identity", "new.key"])
        #expect(opened.code == 0, "\(opened.text)")
    }

    @Test
    func `their order does not matter`() async throws {
        let (playground, old, new) = try await changed()
        #expect(try await playground.run(["key", "enrol", "--kit", "kit.txt"]).code == 0)
        try playground.edit("[\(new.recipient), \(old)]", "[\(old), \(new.recipient)]")
        #expect(try await playground.run(["backup"]).code == 0)
        try playground.edit("[\(old), \(new.recipient)]", "[\(old)]")
        #expect(try await playground.run(["backup"]).code == 15)
    }

    @Test
    func `a host that only writes stays so, and keeps its keys`() async throws {
        let (playground, _, _) = try await changed(["--write-only"])
        let signing = try playground.read("state/keys/host.signing")
        let enrol = ["key", "enrol", "--kit", "kit.txt", "--keep-keys"]
        #expect(try await playground.run(enrol).code == 0)
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try playground.read("state/keys/host.signing") == signing)
        let identity = playground.path.appending("state/keys/data.identity")
        #expect(try FileSystem.status(identity) == nil)
    }
}
