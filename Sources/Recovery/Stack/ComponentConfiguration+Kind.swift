internal import StackConfiguration
internal import Vault

extension ComponentConfiguration {
    /// What kind of thing it is.
    var kind: ComponentKind {
        switch source {
        case .postgresql: .postgresql
        case .redis: .redis
        case .files, .dumps, .configuration: .files
        case .secrets: .secrets
        }
    }

    /// Whether it is a second form of what another component protects: a restore of the whole stack brings that back.
    var isDump: Bool {
        if case .dumps = source { true } else { false }
    }
}
