public import Model

/// How the programs of a database server get to run: those of this host, or those of an image.
public protocol ServerRuntime: Sendable {
    /// The programs of one major version of PostgreSQL.
    ///
    /// - Parameters:
    ///   - major: the version.
    ///   - image: the image that the server ran when it was backed up, as a snapshot records it; nil when that is not known.
    /// - Returns: the programs.
    /// - Throws: `E-SERVER-MISSING` when there are none.
    func postgres(major: Int, image: String?) async throws(Fault) -> any ServerPrograms
}
