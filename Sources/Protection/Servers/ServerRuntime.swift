public import Model

/// How the programs of a database server get to run: those of this host, or those of an image.
public protocol ServerRuntime: Sendable {
    /// The programs of one major version of PostgreSQL.
    ///
    /// - Throws: `E-SERVER-MISSING` when there are none.
    func postgres(major: Int) async throws(Fault) -> any ServerPrograms
}
