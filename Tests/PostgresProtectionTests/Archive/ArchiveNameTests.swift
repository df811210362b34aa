import PostgresProtection
import Testing

/// The names of the files that a server archives.
struct ArchiveNameTests {
    @Test func `every name that a server archives under is known for what it is`() {
        #expect(ArchiveName("000000010000000A000000FF") == .segment(timeline: 1))
        // Segments of 1 MiB count further within 4 GiB than larger ones do.
        #expect(ArchiveName("0000000A0000000100000FFF") == .segment(timeline: 10))
        #expect(ArchiveName("000000010000000A000000FF.partial") == .partial(timeline: 1))
        #expect(ArchiveName("00000002.history") == .history(timeline: 2))
        #expect(ArchiveName("000000010000000A000000FF.00000028.backup") == .backupNote)
    }

    @Test(arguments: [
        "", "x", "00000000.history", "2.history", "000000000000000A000000FF",
        "0000000A0000000100001000", "000000010000000a000000ff", "000000010000000A000000F",
        "000000010000000A000000FF.gz", "000000010000000A000000FF.partial.partial",
        "000000010000000A000000FF.28.backup", "../0000000100000001", ".tmp-0011223344556677",
    ])
    func `nothing else is taken for one`(name: String) { #expect(ArchiveName(name) == nil) }
}
