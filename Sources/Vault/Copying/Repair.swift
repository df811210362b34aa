public import Model
public import ObjectStorage

/// Puts back what one copy of a vault has lost or holds damaged, from the copies that hold it whole.
///
/// An object is the same in every copy and its name or its signature says what it must be, so any whole one will do, and
/// nothing is removed before one is in hand.
public struct Repair: Sendable {
    /// How it ended for one object.
    public enum Outcome: Sendable {
        /// The copy holds it whole now; where it came from.
        case mended(from: String)
        /// The copy holds it whole again: it was overwritten or deleted, and an older version of it is in front now.
        case broughtBack
        /// The copy holds it whole already: what found it damaged was mistaken, or somebody else mended it.
        case whole
        /// No copy that was asked holds it whole, or the copy refuses it.
        case kept(Fault)
    }

    private let store: any ObjectStore
    private let vault: Vault?
    private let others: [Vault]

    /// Prepares the repair of a copy.
    ///
    /// - Parameters:
    ///   - store: where the damaged copy is; its `format.json` may be damaged too.
    ///   - vault: the vault as the damaged copy has it, which knows what objects must be; one of the others serves as well.
    ///   - others: other copies of the vault, the best first.
    public init(of store: any ObjectStore, as vault: Vault? = nil, from others: [Vault]) {
        self.store = store
        self.vault = vault ?? others.first
        self.others = others
    }

    /// Mends one object: with an older version of it in the same copy, else from another copy; a document of a host else
    /// from what heads that were read carry along, or this host has seen there.
    ///
    /// After success the copy holds proven bytes under the name. After a failure it holds what it held, never bytes that are
    /// not proven. Memory: the object.
    public func run(_ object: ObjectName) async -> Outcome {
        guard let name = VaultName(object), let vault else { return .kept(nowhere(object)) }
        var cause: Fault?
        do throws(Fault) {
            guard let damage = await damage(name, vault) else { return .whole }
            do throws(Fault) {
                if try await bringBack(name, vault, damage) { return .broughtBack }
            } catch  where error.code != .cancelled { cause = error }
            if case .wayOut(let file) = name,
                let own = WayOut.files.first(where: { $0.name == file })
            {
                try await write(own.bytes, object)
                return .mended(from: others.first?.store.address ?? vault.store.address)
            }
            for other in others {
                let bytes: [UInt8]
                do throws(Fault) {
                    bytes = try await other.provenObject(name, in: other.store)
                } catch  where error.code != .cancelled {
                    cause = cause ?? error
                    continue
                }
                try await write(bytes, object)
                return .mended(from: other.store.address)
            }
            // The heads that a host signed carry what the operator signed; this host remembers what it saw.
            for known in [vault] + others {
                guard let lost = known.heard.enrolments.first(where: { $0.name == object }) else {
                    continue
                }
                try await write(lost.bytes, object)
                return .mended(from: known.store.address)
            }
            if let lost = vault.revocations.first(where: { $0.name == object }) {
                try await write(lost.bytes, object)
                return .mended(from: vault.store.address)
            }
            return .kept(nowhere(object, cause))
        } catch { return .kept(error) }
    }

    /// What is wrong with an object in the copy; nil when it is whole.
    private func damage(_ name: VaultName, _ vault: Vault) async -> Fault? {
        do throws(Fault) {
            _ = try await vault.provenObject(name, in: store)
            return nil
        } catch { return error }
    }

    /// Puts an older version in front; without moving a byte where a deletion is all that hides it.
    private func bringBack(
        _ name: VaultName,
        _ vault: Vault,
        _ damage: Fault
    ) async throws(Fault) -> Bool {
        let object = name.objectName
        if damage.code == .objectMissing, (try? await store.undelete(object)) == true,
            await self.damage(name, vault) == nil
        {
            return true
        }
        guard let older = try await vault.olderVersion(of: name, in: store) else { return false }
        try await store.replace(object, with: older.bytes)
        return true
    }

    private func write(_ bytes: [UInt8], _ object: ObjectName) async throws(Fault) {
        do throws(Fault) {
            try await store.put(object, bytes)
        } catch  where error.code == .objectExists {
            try await store.replace(object, with: bytes)
        }
    }

    private func nowhere(_ object: ObjectName, _ cause: Fault? = nil) -> Fault {
        Fault(
            .nowhereWhole,
            "unable to mend object '\(object)' in '\(store.address)': no other copy, and no older version, is whole",
            hints: cause.map { ["The nearest was: \($0.message)."] } ?? [],
            cause: cause
        )
    }
}
