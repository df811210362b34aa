internal import Model
internal import StackConfiguration
internal import Vault

extension Stack {
    /// Opens the vault with the recovery kit and its opened keys at hand: a vault that has lost its `format.json` gets it back.
    ///
    /// - Throws: as ``openVault(expecting:)``; `E-VAULT-TRUST` when nothing in the store is of the kit's vault.
    func openVault(with kit: RecoveryKit, _ keys: KitKeys) async throws(Fault) -> Vault {
        do throws(Fault) {
            return try await openVault(expecting: kit.vault)
        } catch  where error.code == .formatLost {
            _ = try await Vault.restoreFormat(
                in: try await opening.store(of: firstCopy),
                environment: configuration.environment,
                operator: keys.operatorKey
            )
            return try await openVault(expecting: kit.vault)
        }
    }
}
