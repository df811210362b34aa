internal import Model
internal import PostgresWire
internal import Vault

/// The content of one file of a cluster on its way into a session.
///
/// A relation file whose length is whole pages is page-mapped and its checksums are verified; everything else is cut at
/// content-defined boundaries.
final class RelationOrPlain {
    /// A page whose checksum was wrong when it was read.
    struct Damage {
        /// Where it is, in words.
        let text: String
        /// Where it begins in the file.
        let offset: Int64
        /// What was read.
        let page: [UInt8]
    }

    /// More damage than this is counted but not kept.
    static let damageLimit = 1024
    /// Pages whose checksum was wrong when they were read.
    private(set) var damaged: [Damage] = []
    private enum Writer {
        case pages(PageWriter)
        case chunks(ChunkWriter)
    }

    private let path: String
    private let writer: Writer
    private let start: LSN?
    private var block: UInt32 = 0
    private var pages = 0
    private var cutter = PageCutter(pageBytes: pageBytes)
    private static let pageBytes = 8192

    /// `start`: where the backup began, when checksums are to be verified.
    init(path: String, size: Int64, session: BackupSession, verifying start: LSN?) {
        self.path = path
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
        if case .damaged = verdict, damaged.count < Self.damageLimit {
            let text = "page \(block) of '\(path)' has a wrong checksum"
            damaged.append(
                Damage(text: text, offset: Int64(pages) * Int64(Self.pageBytes), page: Array(page))
            )
        }
        block &+= 1
        pages += 1
    }
}
