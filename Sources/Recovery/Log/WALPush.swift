public import Model
public import PostgresProtection
internal import SystemIO
public import SystemPackage
internal import StackConfiguration
internal import Vault

/// `archive_command`: takes one file of a server's log.
public struct WALPush: Sendable {
    private let stack: Stack

    /// Prepares it.
    public init(_ stack: Stack) { self.stack = stack }

    /// Takes a file; when this returns the server may forget it.
    ///
    /// `names`: the component; none for the only PostgreSQL one. `dataDirectory`: where the server runs its commands.
    ///
    /// - Throws: `E-COMPONENT-UNKNOWN`, and what ``ArchivePush/run(_:)`` throws.
    public func run(
        _ file: FilePath,
        _ names: [String],
        dataDirectory: FilePath
    ) async throws(Fault) -> ArchivePush.Outcome {
        let component = try stack.postgresql(names)
        let (stack, stream) = (stack, stack.stream(of: component.name))
        return try await ArchivePush(
            stack.spool(of: component),
            dataDirectory: dataDirectory,
            vaultSource: { () async throws(Fault) in
                let copies = try await stack.copiesToRead()
                return try await LogReader(copies.vault, stream: stream).source()
            },
            open: { () async throws(Fault) in try await stack.archiveContext(of: component) }
        ).run(file)
    }
}
