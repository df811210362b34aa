public import Model
public import ObjectStorage

/// Takes back what somebody deleted in a copy that keeps versions: a listing shows nothing of it, so that no check can find it.
///
/// What the copy's own collection gave up stays away. What comes back is for a check to prove.
public struct DeletionRepair: Sendable {
    /// How it ended for one object that was deleted.
    public struct Ending: Sendable {
        /// The object.
        public let object: ObjectName
        /// Why it is not back; nil when it is.
        public let fault: Fault?
    }

    /// How many deletions are taken back at once.
    private static let width = 8

    private let vault: Vault

    /// Prepares the repair of a copy.
    public init(of vault: Vault) { self.vault = vault }

    /// Brings back every object of the vault that was deleted.
    ///
    /// Hosts first, then what tells what the copy gave up, then everything else. One listing of all versions, and a few requests
    /// for each object.
    ///
    /// - Throws: `E-CANCELLED`, what the store throws when it cannot be listed.
    public func run() async throws(Fault) -> [Ending] {
        var deleted: [ObjectName] = []
        try await vault.store.listDeleted { if VaultName($0) != nil { deleted.append($0) } }
        guard !deleted.isEmpty else { return [] }
        let hosts = deleted.filter { $0.text.hasPrefix("hosts/") }
        var endings = try await bringBack(hosts, as: vault)
        let vault = try await vault.readingHosts()
        let books = deleted.filter { name in
            [DocumentFolder.collections, .ledger].contains {
                name.text.hasPrefix("\($0.rawValue)/")
            }
        }
        endings += try await bringBack(books, as: vault)
        var ledger = CollectionLedger()
        try await ledger.refresh(vault)
        let done = Set(hosts + books)
        let rest = deleted.filter { !done.contains($0) && !Self.isGivenUp($0, ledger) }
        return endings + (try await bringBack(rest, as: vault))
    }

    private static func isGivenUp(_ object: ObjectName, _ ledger: CollectionLedger) -> Bool {
        guard let name = VaultName(object) else { return true }
        return switch name {
        case .snapshot: ledger.forgotten.contains(object.text)
        case .pack(let id): ledger.condemns(id)
        case .log: ledger.gaveUp(log: name)
        case .wayOut, .format, .host, .revocation, .history, .document: false
        }
    }

    private func bringBack(
        _ names: [ObjectName],
        as vault: Vault
    ) async throws(Fault) -> [Ending] {
        let endings = await withTaskGroup(of: Ending.self) { group in
            var rest = names[...]
            var endings: [Ending] = []
            var running = 0
            while !rest.isEmpty || running > 0 {
                while running < Self.width, let name = rest.popFirst() {
                    group.addTask {
                        Ending(object: name, fault: await Self.bringBack(name, vault))
                    }
                    running += 1
                }
                guard let ending = await group.next() else { break }
                running -= 1
                endings.append(ending)
                if ending.fault?.code == .cancelled { rest = [] }
            }
            return endings
        }
        if let fault = endings.lazy.compactMap(\.fault).first(where: { $0.code == .cancelled }) {
            throw fault
        }
        return endings.sorted { $0.object < $1.object }
    }

    /// Takes the deletion back; who may not do that stores the bytes of the newest whole version again.
    private static func bringBack(_ name: ObjectName, _ vault: Vault) async -> Fault? {
        do throws(Fault) {
            if try await vault.store.undelete(name) { return nil }
        } catch  where error.code != .storeDenied { return error } catch {}
        guard case .kept(let fault) = await Repair(of: vault.store, as: vault, from: []).run(name)
        else { return nil }
        return fault
    }
}
