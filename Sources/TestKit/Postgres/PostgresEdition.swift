public import Foundation

/// A major version of PostgreSQL that is at hand for tests; `Scripts/setup` installs all of them.
public enum PostgresEdition: Int, Sendable, CaseIterable, CustomStringConvertible {
    /// Debian 12's.
    case v15 = 15
    /// From PyPI, with pgvector and without the modules of `contrib`.
    case v16 = 16
    /// Debian 13's.
    case v17 = 17
    /// From PyPI, with pgvector and without the modules of `contrib`.
    case v18 = 18

    /// The folder of its programs.
    public var binaries: URL {
        self == .v15 ? PostgresServer.standardBinaries : TestDependencies.postgres(rawValue)
    }

    /// Whether `amcheck` and `pg_visibility` can be created.
    public var hasContrib: Bool { self == .v15 || self == .v17 }

    /// What `initdb` is told for a cluster without page checksums, beside nothing: from 18 on they are the default.
    public var withoutChecksums: [String] { rawValue >= 18 ? ["--no-data-checksums"] : [] }

    /// `PostgreSQL 15`.
    public var description: String { "PostgreSQL \(rawValue)" }
}
