internal import Model
internal import PostgresWire
internal import Vault

/// The content of one file of a cluster on its way into a session.
///
/// A relation file whose length is whole pages is page-mapped and its checksums are verified; everything else is cut at
/// content-defined boundaries.
final class RelationOrPlain {
    /// How many suspect pages are kept, to be read again; a file with more is damaged beyond doubt.
    static let suspectLimit = 256
    /// Pages whose checksum was wrong when they were read.
    private(set) var suspects: [SuspectPage] = []
    /// How many more there were.
    private(set) var furtherSuspects = 0
    private enum Writer {
        case pages(PageWriter)
        case chunks(ChunkWriter)
    }

    private let writer: Writer
    private let path: String
    private let session: BackupSession
    private var prior: RememberedFile?
    private let start: LSN?
    private var block: UInt32 = 0
    private var pages = 0
    private var cutter = PageCutter(pageBytes: pageBytes)
    private static let pageBytes = 8192

    /// `start`: where the backup began, when checksums are to be verified.
    init(path: String, size: Int64, session: BackupSession, verifying start: LSN?) {
        self.path = path
        self.session = session
        if let relation = RelationFile(path: path), size % Int64(Self.pageBytes) == 0 {
            writer = .pages(session.pages(pageBytes: Self.pageBytes))
            self.start = start
            block = relation.firstBlock
        } else {
            writer = .chunks(session.chunks(sizeHint: size))
            self.start = nil
        }
    }

    /// Adds the next bytes.
    func write(_ bytes: ArraySlice<UInt8>) async throws(Fault) {
        if start != nil { verify(bytes) }
        switch writer {
        case .pages(let writer): try await writer.write(bytes)
        case .chunks(let writer): try await writer.write(bytes)
        }
    }

    /// Adds whole pages that are as the snapshot before holds them; their checksums are not verified again.
    ///
    /// - Throws: `E-VAULT-VANISHED` when they are not known after all.
    func keep(offset: Int64, length: Int64) throws(Fault) {
        prior = prior ?? session.remembered(Array(path.utf8))
        guard case .pages(let writer) = writer, let prior else {
            throw Fault(
                .vanished,
                "unable to keep pages of '\(path)': the snapshot before is not known any more",
                hints: ["Run the backup again; it will read everything."]
            )
        }
        let first = Int(offset) / Self.pageBytes
        let count = Int(length) / Self.pageBytes
        try writer.keep(first..<first + count, of: prior)
        block &+= UInt32(count)
        pages += count
    }

    /// Ends the file.
    func finish() async throws(Fault) -> Content {
        switch writer {
        case .pages(let writer): try await writer.finish()
        case .chunks(let writer): try await writer.finish()
        }
    }

    private func verify(_ bytes: ArraySlice<UInt8>) {
        cutter.add(bytes)
        while let page = cutter.next() { verifyPage(page) }
    }

    private func verifyPage(_ page: ArraySlice<UInt8>) {
        let verdict = unsafe PageVerdict.verify(page.span.bytes, block: block, backupStart: start)
        if case .damaged = verdict {
            if suspects.count < Self.suspectLimit {
                suspects.append(
                    SuspectPage(
                        block: block,
                        offset: Int64(pages) * Int64(Self.pageBytes),
                        page: Array(page)
                    )
                )
            } else {
                furtherSuspects += 1
            }
        }
        block &+= 1
        pages += 1
    }
}
