package import Model
package import PostgresWire
package import Protection
package import Vault

/// The one door through which the files of a cluster go into a session, whichever way they were read.
///
/// ```
/// begin ─▶ write, keep … ─▶ end    a file; or giveUp, when it vanished while it was read
/// ```
/// It verifies page checksums and holds the reading to its pace. Used by one task at a time.
package final class ClusterIntake {
    /// Reads a stretch of the present file again: where it begins, how long it is; nil when it is gone.
    typealias Rereading = (_ offset: Int64, _ length: Int) throws(Fault) -> [UInt8]?

    /// Files with damaged pages.
    package private(set) var damage: [PageDamage] = []
    /// How many bytes of files were read.
    package private(set) var readBytes: Int64 = 0
    /// How many were taken over from the snapshot before.
    package private(set) var keptBytes: Int64 = 0
    /// Asked now and then whether the backup still runs: hours of reading are in vain when it does not.
    var confirm: (() throws(Fault) -> Void)?
    private static let confirmInterval = Duration.seconds(10)
    private var confirmed = ContinuousClock.now
    private let session: BackupSession
    private let context: BackupContext
    private let pace: ReadingPace
    private let hasChecksums: Bool
    private var start = LSN(0)
    private var present: (file: IncomingFile, content: RelationOrPlain)?

    /// Opens the door to a session.
    package init(
        _ session: BackupSession,
        context: BackupContext,
        hasChecksums: Bool,
        pace: ReadingPace
    ) {
        self.session = session
        self.context = context
        self.pace = pace
        self.hasChecksums = hasChecksums
    }

    /// Notes where the backup begins: pages changed since then may be torn.
    package func begin(at start: LSN) { self.start = start }

    /// Adds a directory.
    func addDirectory(_ path: [UInt8], mode: UInt16, modified: Instant? = nil) throws(Fault) {
        var entry = ManifestEntry(path: path, kind: .directory, mode: mode)
        if let modified { entry.modified = modified }
        try session.add(entry)
    }

    /// Begins a file.
    func begin(_ file: IncomingFile) {
        precondition(present == nil, "the file before has ended")
        let content = RelationOrPlain(
            path: file.text,
            size: file.size,
            session: session,
            verifying: hasChecksums ? start : nil
        )
        present = (file, content)
    }

    /// Adds the next bytes of the file.
    func write(_ bytes: ArraySlice<UInt8>) async throws(Fault) {
        guard let present else { return }
        try await present.content.write(bytes)
        readBytes += Int64(bytes.count)
        context.progress(.advanced(Int64(bytes.count)))
        try await pace.pass(bytes.count)
        if let confirm, confirmed.duration(to: .now) > Self.confirmInterval {
            try confirm()
            confirmed = .now
        }
    }

    /// Adds whole pages of the file that are as the snapshot before holds them.
    func keep(offset: Int64, length: Int64) throws(Fault) {
        guard let present else { return }
        try present.content.keep(offset: offset, length: length)
        keptBytes += length
    }

    /// Notes how long the source took to give the bytes that come next.
    func waited(_ time: Duration) { pace.waited(time) }

    /// Ends the file and names it in the snapshot.
    ///
    /// `rereading` proves damage: a page that is not the same twice was being written. Without it every suspect page is
    /// damaged, which is right only where the pages were read twice already.
    func end(_ rereading: Rereading? = nil) async throws(Fault) {
        guard let (file, content) = present else { return }
        present = nil
        let result = try await content.finish()
        var found = PageDamage(path: file.text)
        for suspect in content.suspects {
            if let rereading {
                let again = try rereading(suspect.offset, suspect.page.count)
                guard again == suspect.page else { continue }
            }
            found.add(suspect.block)
        }
        if found.pages > 0 { found.add(unnamed: content.furtherSuspects) }
        if found.pages > 0 { damage.append(found) }
        var entry = ManifestEntry(path: file.path, kind: .file, mode: file.mode)
        entry.modified = file.modified
        try session.add(entry, content: result)
    }

    /// Gives the file up: it was dropped while it was read, and replay drops it too.
    func giveUp() { present = nil }

    /// Adds a small file from memory.
    func add(_ path: String, _ bytes: [UInt8], mode: UInt16 = 0o600) async throws(Fault) {
        begin(
            IncomingFile(
                path: Array(path.utf8),
                size: Int64(bytes.count),
                mode: mode,
                modified: context.clock.now()
            )
        )
        try await write(bytes[...])
        try await end()
    }

    /// Reads the control file, after everything else, until its checksum fits: the server may be writing it.
    package func addControlFile(
        mode: UInt16 = 0o600,
        _ read: () throws(Fault) -> [UInt8]
    ) async throws(Fault) -> ControlFile {
        var attempts = 0
        while true {
            let bytes = try read()
            attempts += 1
            do throws(Fault) {
                let control = try ControlFile(parsing: bytes)
                try await add("global/pg_control", bytes, mode: mode)
                return control
            } catch  where attempts < 100 && error.code == .postgresFormat { continue }
        }
    }

    /// Adds the directories that a cluster must have and whose content is left out.
    func addRequiredDirectories(version: Int, mode: UInt16 = 0o700) throws(Fault) {
        for path in BackupExclusions.requiredDirectories(version: version) {
            try addDirectory(Array(path.utf8), mode: mode)
        }
    }
}
