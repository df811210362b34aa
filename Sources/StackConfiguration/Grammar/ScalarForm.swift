import Model

/// The forms that one value can have.
enum ScalarForm: Sendable, Equatable {
    /// The number of the grammar, `1`.
    case version
    /// A name for hosts, stacks, components and copies.
    case label
    /// An absolute path.
    case path
    /// Any text that is not empty.
    case text
    /// One of some words.
    case choice([String])
    /// A number with a unit: `250ms`, `10s`, `5m`, `1h`, `7d`.
    case duration
    /// A whole number above zero.
    case count
    /// A whole number from 1 to this.
    case upTo(Int)
    /// Bytes a second: `500KiB/s`, `40MiB/s`.
    case rate
    /// An amount of bytes: `4GiB`.
    case size
    /// `true` or `false`.
    case boolean
    /// An age recipient.
    case recipient
    /// libpq's connection string.
    case dsn
    /// The address of a Redis server.
    case redisAddress
    /// The address of a copy.
    case copyURL
    /// The address of a service: `https://host[:port]`.
    case endpoint
    /// The name of a compose project.
    case project
    /// The address of a container engine.
    case engine
    /// The name of a unit of systemd.
    case unit
    /// The address of a git repository.
    case gitRemote
    /// Letters, digits, `-` and `_`.
    case word
    /// The name of a replication slot.
    case slot
    /// The name of an environment variable.
    case environmentName
    /// The name of a systemd credential.
    case credentialName

    /// Whether a wrong value may be shown: what could hold a secret by mistake never is.
    var mayBeShown: Bool {
        switch self {
        case .text, .recipient, .dsn, .redisAddress, .copyURL, .endpoint, .engine, .gitRemote: false
        default: true
        }
    }
}
