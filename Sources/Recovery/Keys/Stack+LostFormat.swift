internal import Model
internal import StackConfiguration
internal import Vault

extension Stack {
    /// Opens the copies with the recovery kit and its opened keys at hand: one that has lost its `format.json` gets it back.
    ///
    /// - Throws: as ``findCopies(_:expecting:)``; a copy in which nothing is of the kit's vault is among the absent.
    func findCopies(
        with kit: RecoveryKit,
        _ keys: KitKeys
    ) async throws(Fault) -> CopySet {
        var found = try await findCopies(expecting: kit.vault)
        for (index, copy) in found.absent.enumerated() where copy.fault.code == .formatLost {
            do throws(Fault) {
                _ = try await Vault.restoreFormat(
                    in: try await opening.store(of: copy.configuration),
                    environment: configuration.environment,
                    operator: keys.operatorKey
                )
            } catch {
                found.absent[index] = AbsentCopy(configuration: copy.configuration, fault: error)
            }
        }
        guard found.absent.contains(where: { $0.fault.code == .formatLost }) else { return found }
        return try await findCopies(expecting: kit.vault)
    }
}
