public import Model
public import Sealing
internal import SystemIO
public import SystemPackage
public import Vault

/// The keys of a host, each in a file of its own that only its owner can read.
///
/// ```
/// keys/ (0700)
///   host.secret    64 hexadecimal digits: what ids and chunk boundaries are derived from
///   host.signing   64 hexadecimal digits: signs heads
///   host.identity  AGE-SECRET-KEY-1…: opens the host's own manifests
///   vault          64 hexadecimal digits: the id of the vault that the host was enrolled in
///   data.identity  AGE-SECRET-KEY-1…: opens everything but secrets; not on a host that only writes
/// ```
/// Losing the folder loses no backup: `lifeboat key enrol --kit` makes new ones.
public struct KeyFolder: Sendable {
    /// Where it is.
    public let path: FilePath

    /// Names the folder; it need not exist.
    public init(_ path: FilePath) { self.path = path }

    /// Where the identity that opens the data is kept, if this host keeps it.
    public var dataIdentity: FilePath { path.appending("data.identity") }

    private var files: [String] { ["host.secret", "host.signing", "host.identity", "vault"] }

    /// The keys that are there, by file name.
    ///
    /// - Throws: `E-IO-…` with the path.
    public func present() throws(Fault) -> [String] {
        var present: [String] = []
        for file in files where try FileSystem.status(path.appending(file)) != nil {
            present.append(file)
        }
        return present
    }

    /// The id of the vault that this host was enrolled in; nil when it does not know.
    ///
    /// - Throws: `E-KEYS-DAMAGED`, `E-SECRET-EXPOSED`, `E-IO-…`.
    public func vaultID() throws(Fault) -> Digest256? {
        guard try FileSystem.status(path.appending("vault")) != nil else { return nil }
        guard let id = Digest256(hexadecimal: try text("vault")) else { throw damaged("vault") }
        return id
    }

    /// The keys of this host.
    ///
    /// - Throws: `E-KEYS-MISSING` when one is not there, `E-KEYS-DAMAGED`, `E-SECRET-EXPOSED`,
    ///   `E-IO-…`.
    public func read(host: String) throws(Fault) -> HostKeys {
        let present = try present()
        guard let missing = files.first(where: { !present.contains($0) }) else {
            return HostKeys(
                host: host,
                secret: try HostSecret(bytes: try bytes("host.secret")),
                signing: try SigningKey(secretBytes: try bytes("host.signing")),
                identity: try AgeIdentity(secretText: try text("host.identity"))
            )
        }
        throw Fault(
            .keysMissing,
            "unable to read the keys of host '\(host)': '\(path.appending(missing).displayed)' is not there",
            hints: [
                "Enrol this host anew with the recovery kit: lifeboat key enrol --kit FILE",
                "No backup is lost; the next one stores everything once more.",
            ]
        )
    }

    /// Keeps new keys, and the vault that they are for.
    ///
    /// After failure some of the files may be there.
    ///
    /// - Throws: `E-IO-EXISTS` when a key is there already, `E-IO-…`.
    public func create(_ keys: HostKeys, vault: Digest256) throws(Fault) {
        try FileSystem.makeDirectories(path, mode: 0o700)
        try create("host.secret", Hexadecimal.encode(keys.secret.bytes))
        try create("host.signing", Hexadecimal.encode(keys.signing.secretBytes))
        try create("host.identity", keys.identity.secretText)
        try create("vault", vault.description)
    }

    /// Keeps the identity that opens the data.
    ///
    /// - Throws: `E-IO-EXISTS` when there is one already, `E-IO-…`.
    public func createDataIdentity(_ identity: AgeIdentity) throws(Fault) {
        try FileSystem.makeDirectories(path, mode: 0o700)
        try SecretFile.create(
            dataIdentity,
            Array("# public key: \(identity.recipient)\n\(identity.secretText)\n".utf8)
        )
    }

    /// Removes what `create` made.
    func remove() throws(Fault) { try FileSystem.removeTree(path) }

    /// Puts present keys aside, so that new ones can be made.
    func putAside(_ suffix: String) throws(Fault) {
        for file in try present() {
            let folder = try Directory.open(path)
            guard let name = FileName(file), let aside = FileName("\(file).\(suffix)") else {
                continue
            }
            try folder.rename(name, to: aside)
            try folder.synchronize()
        }
    }

    private func create(_ file: String, _ text: String) throws(Fault) {
        try SecretFile.create(path.appending(file), Array((text + "\n").utf8))
    }

    private func text(_ file: String) throws(Fault) -> String {
        let bytes: [UInt8]
        do throws(Fault) {
            bytes = try SecretFile.read(path.appending(file))
        } catch  where error.code == .fileKind { throw damaged(file) }
        let line = bytes.prefix { $0 != 10 }
        guard let text = String(validating: line, as: UTF8.self) else { throw damaged(file) }
        return text
    }

    private func bytes(_ file: String) throws(Fault) -> [UInt8] {
        guard let bytes = Hexadecimal.decode(try text(file)), bytes.count == 32 else {
            throw damaged(file)
        }
        return bytes
    }

    private func damaged(_ file: String) -> Fault {
        Fault(
            .keysDamaged,
            "unable to read key '\(path.appending(file).displayed)': it does not hold what it should",
            hints: ["Enrol this host anew with the recovery kit: lifeboat key enrol --kit FILE"]
        )
    }
}
