public import Model
internal import PostgresWire
public import Protection
internal import SystemIO
internal import Vault

/// Takes what waits in a spool to the vault, once.
public struct SpoolDrain: Sendable {
    /// A file that cannot be stored, and was put aside.
    public struct Refusal: Sendable {
        /// Its name.
        public let name: String
        /// Why.
        public let fault: Fault
    }

    /// What came of it.
    public struct Report: Sendable {
        /// How many files were stored.
        public internal(set) var stored = 0
        /// How many the vault held already.
        public internal(set) var present = 0
        /// How many lie in some copy, and wait for another that must hold them too.
        public internal(set) var waiting = 0
        /// Those that were put aside.
        public internal(set) var refused: [Refusal] = []
        /// Why it went no further; nil when every file was looked at.
        public internal(set) var obstacle: Fault?
    }

    let spool: WALSpool
    let context: BackupContext

    /// Prepares it.
    public init(_ spool: WALSpool, _ context: BackupContext) {
        self.spool = spool
        self.context = context
    }

    /// Stores each file that has waited for long enough and lets it go, or puts it aside when it can never be stored.
    ///
    /// The caller has the spool's lock. A file goes only when the vault holds it as durably as is configured. Killed at any point, everything is in the spool, in
    /// the vault, or in both.
    func run(_ age: Duration = .zero) async -> Report {
        var report = Report()
        do throws(Fault) {
            let now = context.clock.now()
            try spool.sweep(before: now - .seconds(3_600))
            // A clock that was set back must not keep files here.
            let entries = try spool.entries().filter { age == .zero || now - $0.time >= age }
            guard !entries.isEmpty else { return report }
            let archiver = try await LogArchiver(context, role: .archive)
            let source = try await source(archiver)
            for entry in entries {
                try Cancellation.check("store log file '\(entry.name)'")
                try await store(entry, archiver, source, &report)
            }
        } catch { report.obstacle = error }
        return report
    }

    /// Whose log the spool takes: what it says, else the vault, which it then remembers.
    private func source(_ archiver: LogArchiver) async throws(Fault) -> String? {
        if let source = try spool.source() { return source }
        guard let source = try await archiver.union.source() else { return nil }
        try spool.setSource(source)
        return source
    }

    private func store(
        _ entry: WALSpool.Entry,
        _ archiver: LogArchiver,
        _ source: String?,
        _ report: inout Report
    ) async throws(Fault) {
        do throws(Fault) {
            let file = try ArchivedFile(
                entry.name,
                try spool.read(entry.name),
                time: entry.time
            )
            switch try await archiver.take(file, source: try file.source(expected: source)) {
            case .stored: report.stored += 1
            case .present, .empty: report.present += 1
            case .waits:
                report.waiting += 1
                return
            }
            try spool.remove(entry.name)
        } catch  where Self.isFinal(error) {
            try spool.refuse(entry.name)
            report.refused.append(Refusal(name: entry.name, fault: error))
        }
    }

    /// Whether a file can never be stored.
    private static func isFinal(_ fault: Fault) -> Bool {
        [
            .walDiffers, .walForm, .logSource, .foreignCluster, .postgresFormat, .postgresVersion,
        ].contains(fault.code)
    }
}
