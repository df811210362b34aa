/// Where a secret is found; the configuration never holds the secret itself.
public enum SecretReference: Sendable, Hashable {
    /// The content of a file, by absolute path.
    case file(String)
    /// An environment variable, by name.
    case environment(String)
    /// A systemd credential, by name: the file `$CREDENTIALS_DIRECTORY/<name>`.
    case credential(String)
    /// The standard output of a command, as argument vector; no shell is involved.
    case command([String])
}

extension SecretReference: CustomStringConvertible {
    /// The reference as the configuration writes it; it says where the secret is, never what it is.
    public var description: String {
        switch self {
        case .file(let path): "{file: \(YAMLText.scalar(path))}"
        case .environment(let name): "{env: \(YAMLText.scalar(name))}"
        case .credential(let name): "{credential: \(YAMLText.scalar(name))}"
        case .command(let arguments): "{exec: \(YAMLText.list(arguments))}"
        }
    }
}
