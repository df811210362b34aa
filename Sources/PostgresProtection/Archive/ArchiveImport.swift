public import Model
internal import PostgresWire
public import Protection
internal import SystemIO
public import SystemPackage
internal import Vault

/// Makes an archive directory of another tool part of a vault's log.
///
/// Memory: one segment.
public struct ArchiveImport: Sendable {
    /// A file that was not taken.
    public struct Refusal: Sendable {
        /// Where it is.
        public let path: FilePath
        /// Why.
        public let fault: Fault
    }

    /// What the vault holds of a timeline afterwards.
    public struct Reach: Sendable {
        /// Which.
        public let timeline: UInt32
        /// What is covered; between two ranges there is a gap.
        public let ranges: [Range<UInt64>]
        /// Whether it says where it came from; the first one need not.
        public let hasHistory: Bool
    }

    /// What came of it.
    public struct Report: Sendable {
        /// How many segments were stored.
        public internal(set) var stored = 0
        /// How many segments the vault held already.
        public internal(set) var present = 0
        /// How many histories the vault now holds of those that were there.
        public internal(set) var histories = 0
        /// How many files were none of a log.
        public internal(set) var others = 0
        /// Those that were not taken.
        public internal(set) var refused: [Refusal] = []
        /// What the vault holds now, by timeline.
        public internal(set) var reaches: [Reach] = []
    }

    private let folder: FilePath
    private let context: BackupContext

    /// Prepares it.
    public init(_ folder: FilePath, _ context: BackupContext) {
        self.folder = folder
        self.context = context
    }

    /// Stores every segment and history below the folder that the vault lacks; nothing there is changed.
    ///
    /// Again with the same folder stores nothing. Files that are damaged, or differ from what the vault holds, are in the report.
    ///
    /// - Throws: `E-PG-FOREIGN` when the folder and the vault, or two of its files, are of different clusters: plain files are all
    ///   looked at before anything is stored. `E-WAL-FORM` when there is no log file, `E-STREAM-BUSY`, `E-COMMAND-MISSING`, `E-IO-…`, and
    ///   what storing throws.
    public func run() async throws(Fault) -> Report {
        let files = try ArchiveFiles(folder)
        guard !files.files.isEmpty else {
            throw Fault(
                .walForm,
                "unable to import '\(folder.displayed)': there is no log file below it",
                hints: ["Name the folder that holds files such as 000000010000000000000001."]
            )
        }
        let archiver = try await LogArchiver(context, role: .importer)
        var source = try files.requireOne(try await archiver.union.source())
        var report = Report()
        report.others = files.others
        for file in files.files {
            try Cancellation.check("import '\(file.path.displayed)'")
            do throws(Fault) {
                try await take(file, archiver, &source, &report)
            } catch  where Self.isOfOneFile(error) {
                report.refused.append(Refusal(path: file.path, fault: error))
            }
        }
        report.reaches = try await reaches()
        return report
    }

    private func take(
        _ file: ArchiveFiles.File,
        _ archiver: LogArchiver,
        _ source: inout String?,
        _ report: inout Report
    ) async throws(Fault) {
        let time = try FileSystem.status(file.path)?.modified ?? context.clock.now()
        let bytes = try await file.read()
        let archived = try ArchivedFile(file.name, bytes, time: time)
        let own = try archived.source(expected: source)
        source = own
        let outcome = try await archiver.take(archived, source: own)
        context.progress(.advanced(Int64(bytes.count)))
        switch (archived.content, outcome) {
        case (.history, _): report.histories += 1
        case (.segment, .stored), (.segment, .waits): report.stored += 1
        case (.segment, .present), (.segment, .empty): report.present += 1
        }
    }

    private static func isOfOneFile(_ fault: Fault) -> Bool {
        [
            .walDiffers, .walForm, .postgresFormat, .postgresVersion, .commandFailed,
            .commandOutput, .fileMissing, .fileDenied, .fileTooLarge,
        ].contains(fault.code)
    }

    private func reaches() async throws(Fault) -> [Reach] {
        let log = try await LogReader(
            try await LogPlaces.open(context).union,
            stream: context.stream
        )
        return Set(log.pieces.map(\.epoch)).sorted().map { timeline in
            Reach(
                timeline: timeline,
                ranges: log.coverage(epoch: timeline).ranges,
                hasHistory: log.histories[timeline] != nil
            )
        }
    }
}
