internal import Model
internal import SystemIO
internal import SystemPackage

/// What belongs to Lifeboat itself on this host: vaults, keys, work files, a recovery kit.
///
/// None of it is ever part of a snapshot: a vault in its own snapshot would double with every backup, and keys in it would open what
/// they are kept apart from.
struct OwnPlaces: Sendable {
    let paths: [FilePath]

    /// The places without symbolic links.
    var realPaths: Set<FilePath> { Set(paths.map { Self.real($0) }) }

    /// Refuses roots that are one of the places or inside one.
    ///
    /// - Throws: `E-FILES-OWN`.
    func refuse(_ roots: ProtectedRoots, of component: String) throws(Fault) {
        let own = paths.map { Self.real($0) }
        for root in roots.paths where own.contains(where: { Self.real(root).starts(with: $0) }) {
            throw Self.refusal(root, of: component)
        }
    }

    /// Says that a root cannot be protected.
    static func refusal(_ root: FilePath, of component: String) -> Fault {
        Fault(
            .ownFiles,
            "unable to back up '\(component)': '\(root.displayed)' belongs to Lifeboat itself",
            hints: [
                "Take it out of `paths:`. Another copy protects a vault, the recovery kit protects keys."
            ]
        )
    }

    /// The path without symbolic links; of one that does not exist, as far as text can tell.
    private static func real(_ path: FilePath) -> FilePath {
        (try? FileSystem.resolved(path)) ?? path.lexicallyNormalized()
    }
}
