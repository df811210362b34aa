public import Model
internal import ObjectStorage
internal import Sealing
public import StackConfiguration
internal import Vault

extension Stack {
    /// The configured copies of some names, in the order of the file; all when no name is given.
    ///
    /// - Throws: `E-COPY-UNKNOWN`.
    public func copies(_ names: [String]) throws(Fault) -> [CopyConfiguration] {
        let known = configuration.copies.map(\.name)
        for name in names where !known.contains(name) {
            let nearest = NearestName.suggestion(for: name, among: known)
            throw Fault(
                .copyUnknown,
                "unable to find copy '\(name)': stack '\(configuration.stack)' has no such copy",
                hints: [
                    nearest.map { "Did you mean '\($0)'?" }
                        ?? "It has: \(known.joined(separator: ", "))."
                ]
            )
        }
        return configuration.copies.filter { names.isEmpty || names.contains($0.name) }
    }

    /// Opens some copies, or all when none is named, at the same time; that one cannot be opened is in the result.
    ///
    /// They are copies of one vault: the one that this host remembers or the kit names, else that of the first copy that is
    /// there. Where one is `chosen` to be read, and there, another that does not answer is not waited for.
    ///
    /// - Throws: `E-COPY-UNKNOWN`, `E-KIT-FOREIGN`, `E-CANCELLED`, and what reading the host's memory throws.
    func findCopies(
        _ names: [String] = [],
        expecting expected: Digest256? = nil,
        chosen: String? = nil
    ) async throws(Fault) -> CopySet {
        var id = try vaultID(expecting: expected)
        var found = CopySet()
        let search = CopySearch(stack: self, copies: try copies(names), chosen: chosen)
        for outcome in await search.run(expecting: id) {
            do throws(Fault) {
                var vault = try outcome.result.get()
                if let id, vault.id != id { vault = try await open(outcome.copy, expecting: id) }
                id = id ?? vault.id
                found.open.append(OpenCopy(configuration: outcome.copy, vault: vault))
            } catch {
                if error.code == .cancelled { throw error }
                found.absent.append(AbsentCopy(configuration: outcome.copy, fault: error))
            }
        }
        if !found.open.isEmpty { found.absent = found.absent.map(\.besideAnother) }
        // A copy that was away when a key was revoked must not be believed what the others know better.
        let vaults = found.open.map(\.vault)
        found.open = found.open.map {
            OpenCopy(configuration: $0.configuration, vault: $0.vault.knowing(vaults))
        }
        return found
    }

    /// The copies that are there as one vault to read from, or one of them alone.
    ///
    /// `name`: the copy to read from; nil for whichever is best. `expected`: the vault's id as a recovery kit states it.
    ///
    /// - Throws: what opening the first copy throws when none is there; as ``findCopies(_:expecting:)``.
    public func copiesToRead(
        _ name: String? = nil,
        expecting expected: Digest256? = nil
    ) async throws(Fault) -> UnitedCopies {
        let names = name.map { [$0] } ?? []
        _ = try self.copies(names)
        // What the others know of revoked keys counts, whichever is read from.
        let all = try await findCopies(expecting: expected, chosen: name)
        var chosen = all.only(names)
        // Nobody knows the vault's id yet, and another copy is of another vault.
        if chosen.open.isEmpty, !names.isEmpty {
            chosen = try await findCopies(names, expecting: expected)
        }
        let copies = UnitedCopies(try chosen.required())
        // Where a document of a host cannot be read, the heads know what it said.
        if !copies.vault.hostFaults.isEmpty {
            try await copies.vault.hearHeads(of: configuration.host)
        }
        return copies
    }

    /// The id of this stack's vault, as this host remembers it or a recovery kit states it; nil when nobody knows.
    ///
    /// - Throws: `E-KIT-FOREIGN` when both know and differ, and what reading the host's memory throws.
    func vaultID(expecting expected: Digest256?) throws(Fault) -> Digest256? {
        let remembered = try keyFolder.vaultID()
        if let expected, let remembered, expected != remembered {
            throw Fault(
                .kitForeign,
                "unable to use the recovery kit: it is of vault \(expected.short), this host writes to \(remembered.short)",
                hints: ["Take the kit of this environment."]
            )
        }
        return remembered ?? expected
    }

    /// Opens the vault in one copy, which must be of the configured environment, and compares its hosts and its way out with
    /// what this host remembers of them.
    ///
    /// - Throws: `E-VAULT-…`, `E-STORE-…`, `E-ENVIRONMENT`.
    func open(
        _ copy: CopyConfiguration,
        expecting id: Digest256?
    ) async throws(Fault) -> Vault {
        let vault = try await Vault.open(try await opening.store(of: copy), expecting: id)
        guard vault.environment == configuration.environment else {
            throw Fault(
                .environmentDiffers,
                "unable to use vault '\(vault.store.address)': it belongs to environment '\(vault.environment)', the configuration to '\(configuration.environment)'",
                hints: ["Two environments share no vault: mend `environment:` or `copies:`."]
            )
        }
        let known = vault.recalling(HeadMemory(self, vault).hosts)
        return WayOutMemory(self, copy, vault).isGiven ? known.holdingOwnWayOut : known
    }
}
