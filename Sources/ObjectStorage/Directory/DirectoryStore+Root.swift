public import Model
import SystemIO
import SystemPackage

extension DirectoryStore {
    /// Makes the folder of the store, and what is missing above it; one that is there stays as it is.
    ///
    /// - Throws: `E-STORE-FULL`, `E-STORE-DENIED`, `E-STORE-IO` with the address.
    public func makeRoot() throws(Fault) {
        do throws(Fault) {
            try FileSystem.makeDirectories(root, mode: 0o700)
        } catch  where error.systemError == .noSuchFileOrDirectory {
            // An object is missing or not; a folder cannot be made.
            throw Fault(.storeUnreachable, error.message, cause: error)
        } catch { throw .store("make folder", root.displayed, in: address, error) }
    }
}
