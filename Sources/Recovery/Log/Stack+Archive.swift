internal import Model
internal import PostgresProtection
internal import Protection
internal import StackConfiguration
internal import SystemPackage
internal import Vault

// What `lifeboat wal` and the archive side of `lifeboat run` are about.
extension Stack {
    /// The PostgreSQL component of a name; without one, the only one that there is.
    ///
    /// - Throws: `E-COMPONENT-UNKNOWN` when there is none or there are several; `E-UNSUPPORTED` when it is of another kind.
    func postgresql(_ names: [String]) throws(Fault) -> ComponentConfiguration {
        let found = try selection(names).filter { $0.kind == .postgresql }
        if found.count == 1, let only = found.first { return only }
        if let name = names.first {
            throw Fault(
                .unsupported,
                "unable to keep the log of '\(name)': it is no PostgreSQL component"
            )
        }
        let known = found.map { "\(configuration.stack)/\($0.name)" }
        throw Fault(
            .componentUnknown,
            "unable to tell whose log is meant: stack '\(configuration.stack)' has \(found.count) PostgreSQL components",
            hints: known.isEmpty ? [] : ["Name one: \(known.joined(separator: ", "))"]
        )
    }

    /// Where the files of a component wait that its server archives.
    func spool(of component: ComponentConfiguration) -> WALSpool {
        guard case .postgresql(let postgres) = component.source else {
            preconditionFailure("only PostgreSQL archives its log")
        }
        let folder = postgres.wal.spool.map { FilePath($0) }
        return WALSpool(
            folder ?? state.appending("wal").appending(component.name),
            limit: postgres.wal.spoolLimit
        )
    }

    /// What it takes to store archived log: the copies that take every piece, and this host's keys.
    ///
    /// - Throws: what opening the first copy throws when none is there, `E-RECIPIENTS`, and what reading the host's keys throws.
    func archiveContext(
        of component: ComponentConfiguration,
        progress: ProgressReporter = .silent
    ) async throws(Fault) -> BackupContext {
        let keys = try hostKeys()
        let takers = try await takers(of: try await findCopies(directCopies.map(\.name)))
        for taker in takers { try requireEnrolledRecipients(taker.vault) }
        let vault = takers[0].vault
        return try context(
            of: component.name,
            vault: vault,
            log: archiveCopies(of: component, vault: vault.id),
            keys: keys,
            progress: progress
        )
    }
}
