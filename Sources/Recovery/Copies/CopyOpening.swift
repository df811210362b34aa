internal import Model
internal import ObjectStorage
internal import StackConfiguration
internal import SystemPackage

/// The one place where a configured copy becomes a store.
struct CopyOpening: Sendable {
    /// Finds the access keys that copies refer to.
    let secrets: SecretResolver

    /// The store of a copy; nothing is reached yet.
    ///
    /// - Throws: `E-UNSUPPORTED` for a bucket.
    func store(of copy: CopyConfiguration) async throws(Fault) -> any ObjectStore {
        switch copy.address {
        case .directory(let path): return DirectoryStore(root: FilePath(path))
        case .bucket:
            throw Fault(
                .unsupported,
                "unable to open copy '\(copy.name)' at \(copy.address): this version keeps copies in directories",
                hints: ["Write url: file:///path, or use a newer Lifeboat."]
            )
        }
    }
}
