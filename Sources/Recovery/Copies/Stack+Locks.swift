internal import Model
internal import Sealing
internal import StackConfiguration
internal import SystemPackage
internal import Vault

extension Stack {
    /// What prolongs the locks of a copy; nil for one without locks.
    ///
    /// What is known of them lies in `<name>.<address>.locks` in the work folder.
    ///
    /// - Throws: `E-IO-…` when the work folder cannot be made.
    func locks(
        of copy: CopyConfiguration,
        _ vault: Vault
    ) throws(Fault) -> LockKeeper? {
        guard let lock = copy.lock else { return nil }
        let words = "\(copy.address) \(lock.mode)"
        let place = Hashing.sha256(Array(words.utf8)).short
        return LockKeeper(
            vault,
            term: LockTerm(period: lock.period),
            memory: try workFolder().appending("\(copy.name).\(place).locks")
        )
    }
}
