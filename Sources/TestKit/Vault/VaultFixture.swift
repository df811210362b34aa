public import Model
public import ObjectStorage
public import Sealing
import SystemIO
public import Vault

/// A vault with one enrolled host, its keys, and a folder for the host's state.
public struct VaultFixture: Sendable {
    /// The operator's key.
    public let operatorKey: SigningKey
    /// Opens everything in the vault.
    public let identity: AgeIdentity
    /// The keys of the enrolled host.
    public internal(set) var keys: HostKeys
    /// The host's tables and locks.
    public private(set) var state: ScratchFolder
    /// The stream that ``backUp(_:to:)`` writes.
    public let stream: StreamName
    /// The vault, with the host enrolled.
    public var vault: Vault
    /// Sizes of sessions; packs are small so that a test has many.
    public var options: SessionOptions
    /// What the clock says during a session.
    public var time = Instant(seconds: 1_790_000_000)
    /// The clock of a session, if it is not to stand still.
    public var clock: (any Timekeeper)?

    /// Creates a vault in an empty store, and enrols host `alpha` for `identity` and `others`.
    ///
    /// - Throws: What the store throws.
    public init(
        in store: any ObjectStore,
        others: [AgeRecipient] = [],
        packBytes: Int = 64 << 10
    ) async throws(Fault) {
        guard let stream = StreamName(host: "alpha", stack: "shop", component: "data") else {
            preconditionFailure("the labels are right")
        }
        self.stream = stream
        operatorKey = SigningKey()
        identity = AgeIdentity()
        keys = HostKeys(newFor: stream.host)
        state = try ScratchFolder()
        options = SessionOptions()
        options.packBytes = packBytes
        options.encoders = 2
        let bare = try await Vault.create(in: store, environment: "test", operator: operatorKey)
        vault = try await bare.enrol(
            keys,
            recipients: [identity.recipient] + others,
            operator: operatorKey,
            at: time
        )
    }

    /// A vault that exists already, with the keys that it was made with, and a host whose state folder is empty.
    ///
    /// - Throws: `E-IO-…`.
    public init(
        opening vault: Vault,
        stream: StreamName,
        operator key: SigningKey,
        identity: AgeIdentity,
        keys: HostKeys
    ) throws(Fault) {
        operatorKey = key
        self.identity = identity
        self.keys = keys
        self.stream = stream
        self.vault = vault
        state = try ScratchFolder()
        options = SessionOptions()
        options.encoders = 2
    }

    /// The same host, whose state folder was lost and begins empty.
    public init(movingTo state: ScratchFolder, from other: VaultFixture) {
        self = other
        self.state = state
    }

    /// The same fixture with its vault opened in another store that holds the same objects.
    ///
    /// - Throws: As `Vault.open`.
    public func opened(in store: any ObjectStore) async throws(Fault) -> VaultFixture {
        var other = self
        other.vault = try await Vault.open(store, expecting: vault.id)
        return other
    }

    /// What a session of the fixture asks for.
    public var request: BackupRequest {
        var request = BackupRequest(
            stream: stream,
            kind: .files,
            set: "set-1",
            state: state.path,
            clock: clock ?? FixedClock(time)
        )
        request.options = options
        return request
    }

    /// Forgets the host's tables, as a lost disk does.
    ///
    /// - Throws: `E-IO-…`.
    public func forgetState() throws(Fault) {
        try FileSystem.removeTree(state.path)
        try FileSystem.makeDirectories(state.path, mode: 0o700)
    }
}
