public import Model
internal import ObjectStorage
internal import Sealing
public import StackConfiguration
internal import SystemIO
public import SystemPackage
internal import Vault

/// Makes what a stack needs before its first backup: keys, a vault, the recovery kit and the
/// configuration file.
///
/// ```
/// look for what is there ─▶ kit ─▶ this host's keys ─▶ vault ─▶ enrolment ─▶ lifeboat.yaml
/// ```
/// The kit is durable before the vault exists, since nobody else has the operator's key. The configuration comes last:
/// where it exists, everything does.
public struct Initialisation: Sendable {
    /// Where files are written, and what this host may do.
    public struct Options: Sendable {
        /// The configuration file; must not exist.
        public var configurationFile: FilePath
        /// The recovery kit's file; must not exist.
        public var kitFile: FilePath
        /// Whether this host keeps what opens its backups; else it can only write them.
        public var keepsDataIdentity = true

        /// Puts options together.
        public init(configurationFile: FilePath, kitFile: FilePath) {
            self.configurationFile = configurationFile
            self.kitFile = kitFile
        }
    }

    private let wanted: StackConfiguration
    private let clock: any Timekeeper
    private let opening: CopyOpening

    /// Prepares the making.
    ///
    /// - Parameters:
    ///   - configuration: what shall be protected; the recipients are filled in.
    ///   - variables: the environment of the program, for references to secrets.
    ///   - clock: the time of day.
    public init(
        _ configuration: StackConfiguration,
        variables: [String: String],
        clock: any Timekeeper
    ) {
        wanted = configuration
        self.clock = clock
        opening = CopyOpening(secrets: SecretResolver(variables: variables))
    }

    /// Makes everything.
    ///
    /// After failure what was made is removed again, as long as the vault does not exist;
    /// afterwards the kit stays, and `lifeboat key enrol` goes on from there.
    ///
    /// - Throws: `E-INIT-EXISTS` when one of the files, keys of this host or something in the
    ///   copy's folder is there already, `E-INIT-KIT`; nothing has changed then. `E-VAULT-EXISTS`,
    ///   `E-STORE-…`, `E-IO-…`.
    public func run(_ options: Options) async throws(Fault) -> Initialised {
        let folder = KeyFolder(FilePath(wanted.state).appending("keys"))
        try await refuseWhatIsThere(options, folder)
        let wanted = try KitPlacement(kit: options.kitFile).leavingOut(of: wanted)
        let keys = HostKeys(newFor: wanted.host)
        let operatorKey = SigningKey()
        let data = AgeIdentity()
        let secrets = AgeIdentity()
        let configuration = Self.completed(
            wanted,
            data: data,
            secrets: secrets,
            identity: options.keepsDataIdentity ? folder.dataIdentity : nil
        )
        let text = ConfigurationTemplate(configuration).text
        let kit = RecoveryKit(
            stack: wanted.stack,
            environment: wanted.environment,
            host: wanted.host,
            vault: operatorKey.verifyKey.digest,
            copies: wanted.copies.map { "\($0.name) \($0.address)" },
            operatorKey: operatorKey,
            dataIdentity: data,
            secretsIdentity: secrets,
            program: ProgramVersion.text,
            wayOut: Self.wayOut(),
            made: clock.now(),
            configuration: text
        )
        let vault = try await make(kit, keys: keys, folder: folder, options)
        try DurableFile.create(options.configurationFile, with: Array(text.utf8), mode: 0o644)
        return Initialised(
            configuration: configuration,
            configurationFile: options.configurationFile,
            kit: kit,
            kitFile: options.kitFile,
            vault: vault
        )
    }

    private func make(
        _ kit: RecoveryKit,
        keys: HostKeys,
        folder: KeyFolder,
        _ options: Options
    ) async throws(Fault) -> Vault {
        try SecretFile.create(options.kitFile, Array(kit.text.utf8))
        let vault: Vault
        do throws(Fault) {
            try folder.create(keys, vault: kit.vault)
            if options.keepsDataIdentity { try folder.createDataIdentity(kit.dataIdentity) }
            vault = try await createVault(kit)
        } catch {
            // There is no vault, so these keys are for nothing; left behind they would only stand
            // in the way.
            try? folder.remove()
            try? FileSystem.removeTree(options.kitFile)
            throw error
        }
        return try await vault.enrol(
            keys,
            recipients: [kit.dataIdentity.recipient],
            operator: kit.operatorKey,
            at: clock.now()
        )
    }

    private func createVault(_ kit: RecoveryKit) async throws(Fault) -> Vault {
        for copy in wanted.copies {
            guard case .directory(let path) = copy.address else { continue }
            try DirectoryStore(root: FilePath(path)).makeRoot()
        }
        guard let copy = wanted.copies.first else {
            preconditionFailure("a configuration has a copy")
        }
        return try await Vault.create(
            in: try await opening.store(of: copy),
            environment: wanted.environment,
            operator: kit.operatorKey
        )
    }

    private func refuseWhatIsThere(_ options: Options, _ folder: KeyFolder) async throws(Fault) {
        for file in [options.configurationFile, options.kitFile]
        where try FileSystem.status(file) != nil {
            throw Self.there("file '\(file.displayed)'", "Move it away, or choose another name.")
        }
        if let key = try folder.present().first {
            throw Self.there(
                "key '\(folder.path.appending(key).displayed)'",
                "This host protects a stack of that name already; see `lifeboat status`."
            )
        }
        for copy in wanted.copies {
            guard case .directory(let path) = copy.address,
                try FileSystem.isEmptyDirectory(FilePath(path)) == false
            else { continue }
            if (try? await Vault.open(try await opening.store(of: copy), expecting: nil)) != nil {
                throw Fault(
                    .vaultExists,
                    "unable to create vault '\(path)': there is one already",
                    hints: ["Enrol this host in it: lifeboat key enrol --kit FILE"]
                )
            }
            throw Self.there(
                "something in '\(path)'",
                "Name an empty or a new folder for the copy."
            )
        }
    }

    private static func there(_ what: String, _ hint: String) -> Fault {
        Fault(
            .alreadyThere,
            "unable to initialise: there is \(what) already",
            hints: [hint]
        )
    }

    /// The configuration with the recipients and the identity that were made for it.
    private static func completed(
        _ wanted: StackConfiguration,
        data: AgeIdentity,
        secrets: AgeIdentity,
        identity: FilePath?
    ) -> StackConfiguration {
        var configuration = wanted
        configuration.keys = KeyConfiguration(
            recipients: [data.recipient.text],
            identity: identity.map { .file($0.string) }
        )
        for index in configuration.components.indices {
            guard case .secrets(var sealed) = configuration.components[index].source else {
                continue
            }
            sealed.recipients = [secrets.recipient.text]
            configuration.components[index].source = .secrets(sealed)
        }
        return configuration
    }

    private static func wayOut() -> Digest256 {
        guard let program = WayOut.files.first(where: { $0.name == "recover.py" }) else {
            preconditionFailure("every vault carries recover.py")
        }
        return Hashing.sha256(program.bytes)
    }
}
