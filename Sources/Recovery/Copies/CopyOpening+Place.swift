internal import Model
internal import ObjectStorage
internal import StackConfiguration
internal import SystemPackage

extension CopyOpening {
    /// The store of a copy, its folder made where it is missing: for a copy that somebody asked to be made.
    ///
    /// - Throws: as ``store(of:)``; `E-STORE-…` when the folder cannot be made.
    func madeStore(of copy: CopyConfiguration) async throws(Fault) -> any ObjectStore {
        if case .directory(let path) = copy.address {
            try DirectoryStore(root: FilePath(path)).makeRoot()
        }
        return try await store(of: copy)
    }
}
