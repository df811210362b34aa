internal import StackConfiguration
internal import Vault

extension ComponentConfiguration {
    /// What kind of thing it is.
    var kind: ComponentKind {
        switch source {
        case .postgresql: .postgresql
        case .redis: .redis
        case .files: .files
        case .secrets: .secrets
        }
    }
}
