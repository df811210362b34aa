internal import Model
internal import Protection
internal import StackConfiguration

// The one place where what is configured becomes what protects it.
extension Stack {
    /// A component, with the secrets that reaching its source needs.
    ///
    /// - Parameter options: how it will be restored; nil when it will be backed up.
    /// - Throws: what ``SecretResolver/text(_:)`` throws, and `E-UNSUPPORTED`.
    func component(
        _ configured: ComponentConfiguration,
        for options: RestoreOptions? = nil
    ) async throws(Fault) -> any Component {
        throw Fault(
            .unsupported,
            "unable to protect '\(configured.name)': this version does not know its kind"
        )
    }
}
