import Model
import PostgresWire
import Testing

@Suite struct BaseBackupFramingTests {
    private let space = Tablespace(oid: 16_400, name: nil, location: "/mnt/fast")

    @Test func `frames are read`() throws {
        let head = Array("nbase.tar\0\0".utf8)
        #expect(
            try BaseBackupFrame(decoding: head.span.bytes)
                == .archive(name: "base.tar", location: "")
        )
        let data = Array("dabc".utf8)
        #expect(try BaseBackupFrame(decoding: data.span.bytes) == .bytes(Array("abc".utf8)))
        let progress = Array("p".utf8) + bigEndian(Int64(9))
        #expect(try BaseBackupFrame(decoding: progress.span.bytes) == .progress(9))
    }

    @Test(arguments: ["", "nbase.tar", "nbase.tar\0", "n\0\0", "nbase.tar\0\0x", "p123", "m1", "q"])
    func `a malformed frame is refused`(text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: Fault.self) { try BaseBackupFrame(decoding: bytes.span.bytes) }
    }

    @Test func `archives come in order, the data directory last`() throws {
        var framing = BaseBackupFraming(tablespaces: [space])
        let first = try framing.receive(.archive(name: "16400.tar", location: "/mnt/fast"))
        #expect(first == [.beginArchive(.tablespace(space))])
        #expect(try framing.receive(.bytes([1])) == [.bytes([1])])
        #expect(try framing.receive(.progress(1)) == [])
        let second = try framing.receive(.archive(name: "base.tar", location: ""))
        #expect(second == [.endArchive, .beginArchive(.dataDirectory)])
        #expect(try framing.finish() == [.endArchive])
    }

    @Test func `frames out of order are refused`() {
        var framing = BaseBackupFraming(tablespaces: [space])
        #expect(throws: Fault.self) { try framing.receive(.bytes([1])) }
        #expect(throws: Fault.self) { try framing.receive(.manifest) }
        #expect(throws: Fault.self) {
            try framing.receive(.archive(name: "base.tar", location: ""))
        }
        #expect(throws: Fault.self) {
            try framing.receive(.archive(name: "../evil.tar", location: ""))
        }
        #expect(throws: Fault.self) { try framing.finish() }
    }

    @Test func `a label is quoted in the command, and a hostile one refused`() throws {
        let backup = try BaseBackup(label: "it's", maximumKibibytesPerSecond: 1_000)
        #expect(backup.command.contains("LABEL 'it''s'"))
        #expect(backup.command.contains("MAX_RATE 1000"))
        #expect(backup.command.contains("TABLESPACE_MAP true"))
        let linked = try BaseBackup(label: "a", asksForMap: false)
        #expect(linked.command.contains("TABLESPACE_MAP false"))
        #expect(throws: Fault.self) { try BaseBackup(label: "a\nSTART TIMELINE: 9") }
        #expect(throws: Fault.self) {
            try BaseBackup(label: "a", maximumKibibytesPerSecond: 1)
        }
    }
}
