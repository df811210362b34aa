public import Model
internal import ObjectStorage
public import Protection
internal import Sealing
public import StackConfiguration
internal import SystemIO
public import SystemPackage
public import Vault

/// A configured stack on this host: its components, its vault and its keys, each fetched when it is
/// asked for.
public struct Stack: Sendable {
    /// What `lifeboat.yaml` says.
    public let configuration: StackConfiguration
    /// Finds the secrets that it refers to.
    public let secrets: SecretResolver
    /// The time of day.
    public let clock: any Timekeeper
    /// The recovery kit that the configuration was read from; nil when it is a file of its own.
    public var kit: FilePath?
    /// Whether PostgreSQL servers are protected whose major version no release was tested with.
    public var allowsUntestedVersions = false
    /// Hears what a person should know while something takes long: which copy is waited for.
    public var notice: @Sendable (String) -> Void = { _ in }

    /// Puts a stack together; nothing is read or reached.
    ///
    /// - Parameters:
    ///   - configuration: what `lifeboat.yaml` says.
    ///   - variables: the environment of the program, for references to secrets.
    ///   - clock: the time of day.
    public init(
        _ configuration: StackConfiguration,
        variables: [String: String],
        clock: any Timekeeper
    ) {
        self.configuration = configuration
        secrets = SecretResolver(variables: variables)
        self.clock = clock
    }

    /// Where this host keeps what it needs for the stack.
    public var state: FilePath { FilePath(configuration.state) }

    /// Where this host keeps its keys.
    public var keyFolder: KeyFolder { KeyFolder(state.appending("keys")) }

    /// The copy that is read and written first.
    var firstCopy: CopyConfiguration {
        guard let copy = configuration.copies.first else {
            preconditionFailure("a configuration has a copy")
        }
        return copy
    }

    /// Opens stores.
    var opening: CopyOpening { CopyOpening(secrets: secrets) }

    /// Opens the vault in one copy, which must be the one that this host was enrolled in and of the configured environment.
    ///
    /// - Throws: `E-VAULT-NONE` and the like, `E-STORE-…`, `E-COPY-FOREIGN`, `E-ENVIRONMENT`.
    func openVault(in copy: CopyConfiguration) async throws(Fault) -> Vault {
        try await open(copy, expecting: try vaultID(expecting: nil))
    }

    /// The keys that this host writes with.
    ///
    /// - Throws: `E-KEYS-MISSING`, `E-KEYS-DAMAGED`, `E-SECRET-EXPOSED`, `E-IO-…`.
    public func hostKeys() throws(Fault) -> HostKeys {
        try keyFolder.read(host: configuration.host)
    }

    /// The folder for tables, locks and temporary files; it is made when it is missing.
    ///
    /// - Throws: `E-IO-…` with the path.
    public func workFolder() throws(Fault) -> FilePath {
        let folder = state.appending("work")
        try FileSystem.makeDirectories(folder, mode: 0o700)
        return folder
    }

    /// The configured components of some names, in the order of the file; all when no name is
    /// given.
    ///
    /// - Throws: `E-COMPONENT-UNKNOWN`.
    public func selection(_ names: [String]) throws(Fault) -> [ComponentConfiguration] {
        for name in names where configuration.component(named: name) == nil {
            let known = configuration.components.map(\.name)
            let nearest = NearestName.suggestion(for: name, among: known)
            throw Fault(
                .componentUnknown,
                "unable to find component '\(name)': stack '\(configuration.stack)' has no such component",
                hints: [
                    nearest.map { "Did you mean '\($0)'?" }
                        ?? "It has: \(known.joined(separator: ", "))."
                ]
            )
        }
        return configuration.components.filter { names.isEmpty || names.contains($0.name) }
    }

    /// The stream of a component.
    public func stream(of component: String) -> StreamName {
        guard let stream = configuration.stream(of: component) else {
            preconditionFailure("a configured component has a stream")
        }
        return stream
    }

    /// What a component needs while it is backed up or its log is received; the log goes to `vault` unless `log` says
    /// otherwise, and only what changed is read unless `readsEverything`.
    ///
    /// - Throws: `E-IO-…` when the work folder cannot be made.
    public func context(
        of component: String,
        vault: Vault,
        log: LogCopies? = nil,
        keys: HostKeys,
        readsEverything: Bool = false,
        progress: ProgressReporter
    ) throws(Fault) -> BackupContext {
        BackupContext(
            vault: vault,
            log: log,
            keys: keys,
            stream: stream(of: component),
            state: try workFolder(),
            clock: clock,
            readsEverything: readsEverything,
            progress: progress
        )
    }
}
