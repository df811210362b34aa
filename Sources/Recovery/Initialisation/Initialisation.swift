public import Model
internal import ObjectStorage
public import Sealing
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
        /// What shall stand at the end of the configuration, as comments.
        public var remarks: [String] = []
        /// What the keys in the kit are sealed with; nil leaves them open.
        public var passphrase: Passphrase?

        /// Puts options together.
        public init(configurationFile: FilePath, kitFile: FilePath) {
            self.configurationFile = configurationFile
            self.kitFile = kitFile
        }
    }

    /// Twice a year a person sees whether the kit is still to be found.
    private static let kitTestedWithin = Duration.seconds(180 * 86_400)

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
    /// afterwards the kit stays, and `lifeboat key enrol` goes on from there. When only a copy after the first
    /// cannot be made, everything else is there.
    ///
    /// - Throws: `E-INIT-EXISTS` when one of the files, keys of this host or something in the
    ///   copy's folder is there already, `E-INIT-KIT`; nothing has changed then. `E-VAULT-EXISTS`,
    ///   `E-STORE-…`, `E-IO-…`.
    public func run(_ options: Options) async throws(Fault) -> Initialised {
        let folder = KeyFolder(FilePath(wanted.state).appending("keys"))
        try await refuseWhatIsThere(options, folder)
        let wanted = try KitPlacement(kit: options.kitFile).leavingOut(of: wanted)
        let keys = HostKeys(newFor: wanted.host)
        let kitKeys = KitKeys()
        let configuration = Self.completed(
            wanted,
            kitKeys,
            identity: options.keepsDataIdentity ? folder.dataIdentity : nil
        )
        let text = ConfigurationTemplate(configuration, remarks: options.remarks).text
        var kit = RecoveryKit(
            configuration,
            text: text,
            vault: kitKeys.operatorKey.verifyKey.digest,
            keys: .open(kitKeys),
            at: clock.now()
        )
        if let passphrase = options.passphrase {
            kit = try kit.sealed(kitKeys, with: passphrase)
        }
        let vault = try await make(kit, kitKeys, keys: keys, folder: folder, options)
        try RecipientMemory(configuration).keep(vault)
        let fault = await makeOtherCopies(vault)
        try DurableFile.create(options.configurationFile, with: Array(text.utf8), mode: 0o644)
        if let fault { throw fault }
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
        _ kitKeys: KitKeys,
        keys: HostKeys,
        folder: KeyFolder,
        _ options: Options
    ) async throws(Fault) -> Vault {
        try kit.write(as: .text, to: options.kitFile, awayFrom: wanted)
        let vault: Vault
        do throws(Fault) {
            try folder.create(keys, vault: kit.vault)
            if options.keepsDataIdentity { try folder.createDataIdentity(kitKeys.dataIdentity) }
            vault = try await createVault(kitKeys)
        } catch {
            // There is no vault, so these keys are for nothing; left behind they would only stand
            // in the way.
            try? folder.remove()
            try? FileSystem.removeTree(options.kitFile)
            throw error
        }
        return try await vault.enrol(
            keys,
            recipients: [kitKeys.dataIdentity.recipient],
            operator: kitKeys.operatorKey,
            at: clock.now()
        )
    }

    /// Makes the vault in the places of the other copies; tells the first fault.
    private func makeOtherCopies(_ vault: Vault) async -> Fault? {
        var first: Fault?
        for copy in wanted.copies.dropFirst() {
            do throws(Fault) {
                _ = try await vault.makeCopy(in: try await opening.store(of: copy))
            } catch {
                first =
                    first
                    ?? error.adding(
                        hint:
                            "Everything else is made; make this copy with: lifeboat copy --to \(copy.name)"
                    )
            }
        }
        return first
    }

    private func createVault(_ keys: KitKeys) async throws(Fault) -> Vault {
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
            operator: keys.operatorKey
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
                try Self.holdsSomething(FilePath(path))
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

    /// Whether a folder holds anything but parts of the way out, as an `init` leaves them that found no room.
    private static func holdsSomething(_ folder: FilePath) throws(Fault) -> Bool {
        guard try FileSystem.isEmptyDirectory(folder) == false else { return false }
        let known = Set(WayOut.files.map(\.name))
        return try Directory.open(folder).names().contains { !known.contains($0.description) }
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
        _ keys: KitKeys,
        identity: FilePath?
    ) -> StackConfiguration {
        var configuration = wanted
        configuration.keys = KeyConfiguration(
            recipients: [keys.dataIdentity.recipient.text],
            identity: identity.map { .file($0.string) },
            kitTestedWithin: kitTestedWithin
        )
        for index in configuration.components.indices {
            guard case .secrets(var sealed) = configuration.components[index].source else {
                continue
            }
            sealed.recipients = [keys.secretsIdentity.recipient.text]
            configuration.components[index].source = .secrets(sealed)
        }
        return configuration
    }
}
