internal import Model
internal import Protection

extension PostgresSettings {
    /// The major versions that every release is tested with.
    package static let testedVersions = 15...18

    /// Whether a server of a version, 150020 for 15.20, is one of them.
    func isTested(_ version: Int) -> Bool { tested.contains(version / 10_000) }

    /// Sees that a server's version is a tested one, or that others are allowed, which is said then.
    ///
    /// - Throws: `E-PG-UNTESTED`.
    func requireTested(
        _ version: Int,
        of component: String,
        _ progress: ProgressReporter
    ) throws(Fault) {
        guard !isTested(version) else { return }
        let fact =
            "the server is PostgreSQL \(version / 10_000), with which Lifeboat was not tested"
        guard allowsUntested else {
            throw Fault(
                .postgresUntested,
                "unable to protect '\(component)': \(fact)",
                hints: [
                    "Versions \(tested.lowerBound) to \(tested.upperBound) were.",
                    "--untested-version goes on all the same: restore a backup before you rely on it.",
                ]
            )
        }
        progress(.note("\(fact): restore a backup before you rely on it"))
    }
}
