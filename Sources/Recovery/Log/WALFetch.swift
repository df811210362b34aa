public import Model
public import PostgresProtection
public import SystemPackage
internal import StackConfiguration
internal import Vault

/// `restore_command`: hands out one file of a server's log.
public struct WALFetch: Sendable {
    private let stack: Stack

    /// Prepares it.
    public init(_ stack: Stack) { self.stack = stack }

    /// Puts a file of the log at a path.
    ///
    /// `names`: the component; none for the only PostgreSQL one. `dataDirectory`: where the server runs its commands.
    /// `keys`: what opens the data; not asked for what is at hand.
    ///
    /// - Throws: `E-WAL-NONE` when there is no such file; all else means that there may be, see ``ArchiveFetch/run(_:to:)``.
    public func run(
        _ name: String,
        to target: FilePath,
        _ names: [String],
        dataDirectory: FilePath,
        keys: @escaping @Sendable () async throws(Fault) -> KeyRing
    ) async throws(Fault) -> ArchiveFetch.Origin {
        let component = try stack.postgresql(names)
        let (stack, stream) = (stack, stack.stream(of: component.name))
        return try await ArchiveFetch(
            stack.spool(of: component),
            dataDirectory: dataDirectory
        ) { () async throws(Fault) in
            let copies = try await stack.copiesToRead()
            let log = try await LogReader(copies.vault, stream: stream)
            return ArchiveFetch.Source(log, try await keys().identities)
        }.run(name, to: target)
    }
}
