internal import Model
internal import StackConfiguration
internal import Vault

extension Stack {
    /// Opens the vault with the recovery kit at hand: a vault that has lost its `format.json` gets it back.
    ///
    /// - Throws: as ``openVault(expecting:)``; `E-VAULT-TRUST` when nothing in the store is of the kit's vault.
    func openVault(with kit: RecoveryKit) async throws(Fault) -> Vault {
        do throws(Fault) {
            return try await openVault(expecting: kit.vault)
        } catch  where error.code == .formatLost {
            _ = try await Vault.restoreFormat(
                in: Self.store(at: address),
                environment: configuration.environment,
                operator: kit.operatorKey
            )
            return try await openVault(expecting: kit.vault)
        }
    }
}
