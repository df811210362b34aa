public import Model
public import PostgresProtection
public import Protection
internal import StackConfiguration
public import SystemPackage
internal import Vault

/// Makes an archive directory of another tool part of the vault's log.
public struct WALImport: Sendable {
    private let stack: Stack

    /// Prepares it.
    public init(_ stack: Stack) { self.stack = stack }

    /// Stores what the vault lacks of the log files below a folder; the component is the only PostgreSQL one when none is named.
    ///
    /// - Throws: `E-COMPONENT-UNKNOWN`, what opening the vault and reading the host's keys throw, and what ``ArchiveImport/run()``
    ///   throws.
    public func run(
        _ folder: FilePath,
        _ names: [String],
        progress: ProgressReporter
    ) async throws(Fault) -> ArchiveImport.Report {
        let component = try stack.postgresql(names)
        let context = try await stack.archiveContext(of: component, progress: progress)
        return try await ArchiveImport(folder, context).run()
    }
}
