import Model
import Services
import SystemIO
import SystemPackage
import TestKit
import Testing

@Suite struct LedgerFileTests {
    private static let ledger = ServiceLedger(
        unfinished: ["db"],
        entries: [
            ServiceLedger.Entry(
                ServiceNode(name: "web", after: ["db"], uses: ["db", "files"]),
                running: ["shop-web-1", "shop-web-2"]
            ),
            ServiceLedger.Entry(ServiceNode(name: "cron"), running: ["all"]),
        ]
    )

    @Test func `what is written is read, until it is removed`() throws {
        let folder = try ScratchFolder()
        let file = LedgerFile(in: folder.path.appending("state"))
        #expect(try file.read() == nil)
        try file.remove()
        try file.write(Self.ledger)
        #expect(try file.read() == Self.ledger)
        try file.write(ServiceLedger(entries: []))
        #expect(try file.read() == ServiceLedger(entries: []))
        try file.remove()
        #expect(try file.read() == nil)
    }

    @Test func `a file that holds something else is refused, at every length`() throws {
        let folder = try ScratchFolder()
        let file = LedgerFile(in: folder.path)
        try file.write(Self.ledger)
        let path = folder.path.appending("services.ledger")
        let whole = try DurableFile.read(path, limit: ByteCount(1 << 20))
        for length in 0..<(whole.count - 2) {
            try DurableFile.replace(path, with: Array(whole.prefix(length)), mode: 0o600)
            #expect(throws: Fault.self, "length \(length)") { try file.read() }
        }
        let text = String(decoding: whole, as: UTF8.self)
        for other in ["\"format\":2", "\"format\":\"1\""] {
            let changed = text.replacing("\"format\":1", with: other)
            try DurableFile.replace(path, with: Array(changed.utf8), mode: 0o600)
            #expect(throws: Fault.self) { try file.read() }
        }
    }

    @Test func `two cannot hold it at once`() throws {
        let folder = try ScratchFolder()
        let file = LedgerFile(in: folder.path.appending("state"))
        let lock = try file.lock()
        do {
            _ = try file.lock()
            Issue.record("it is held")
        } catch {
            #expect(error.code == .servicesBusy)
        }
        lock.release()
        try file.lock().release()
    }
}
