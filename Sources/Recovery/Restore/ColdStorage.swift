public import Model
internal import ObjectStorage
internal import Protection
internal import StackConfiguration
internal import Vault

/// What a restore needs of a copy in cold storage, and must be thawed first.
public struct ColdStorage: Sendable {
    /// How long thawed objects stay readable, in days.
    public static let days = 7

    /// The copy's name.
    public let copy: String
    /// The class its packs lie in.
    public let archive: ArchiveClass
    /// How many packs the snapshots name.
    public let packs: Int
    /// Their length.
    public let bytes: ByteCount
    let vault: Vault
    let needed: [[PackReference]]
}

extension StackRestore {
    /// How many objects are asked for at once.
    private static let thawingWidth = 8

    /// Finds out what the restore needs from cold storage; nil when nothing, and whenever another copy can be read at once.
    ///
    /// Costs nothing unless a copy in cold storage is configured. Nothing is asked for.
    ///
    /// - Throws: as ``plan()``.
    public func coldStorage() async throws(Fault) -> ColdStorage? {
        guard stack.configuration.copies.contains(where: { $0.archiveClass != nil }) else {
            return nil
        }
        // Who asks for what cannot be is told so before a copy is opened.
        let named = try options.snapshot.map { (name) throws(Fault) in
            (name, try selection(forSnapshot: name))
        }
        let copies = try await stack.copiesToRead(options.copy, expecting: options.vault)
        guard let first = copies.copies.first, let archive = first.configuration.archiveClass
        else { return nil }
        let needed: [[PackReference]]
        if let (name, selection) = named {
            needed = [try await find(name, of: selection, in: copies).1.head.packs]
        } else {
            needed = try await beginnings(copies)
        }
        return ColdStorage(
            copy: first.name,
            archive: archive,
            packs: needed.reduce(0) { $0 + $1.count },
            bytes: needed.joined().reduce(.zero) { $0 + ByteCount(Int64($1.bytes)) },
            vault: copies.vault,
            needed: needed
        )
    }

    /// The packs of the snapshots that the components begin with.
    private func beginnings(_ copies: UnitedCopies) async throws(Fault) -> [[PackReference]] {
        var needed: [[PackReference]] = []
        var moment: Instant?
        for configured in try orderedSelection() {
            guard let target = target(of: configured, reachedAt: moment) else { continue }
            let (snapshot, notBefore) = try await beginning(of: configured, copies, target)
            moment = moment ?? notBefore
            needed.append(snapshot.head.packs)
        }
        return needed
    }

    /// Asks for everything that must be thawed, and returns once all of it can be read.
    ///
    /// Asking again is harmless. What is thawed costs money until it is cold again.
    ///
    /// - Throws: `E-THAWING` while something cannot be read yet; what the store throws.
    public func thaw(_ cold: ColdStorage, isUrgent: Bool) async throws(Fault) {
        var frozen = 0
        for packs in cold.needed {
            let answers = await packs.concurrentlyMapped(width: Self.thawingWidth) { pack in
                await Self.isFrozen(pack, in: cold.vault, isUrgent: isUrgent)
            }
            for answer in answers where try answer.get() { frozen += 1 }
        }
        guard frozen > 0 else { return }
        throw Fault(
            .thawing,
            "unable to restore yet: \(frozen) of \(cold.packs) packs in copy '\(cold.copy)' are being thawed",
            hints: [
                "Run the same command again in \(cold.archive.wait(isUrgent: isUrgent)); what is thawed stays readable for \(ColdStorage.days) days."
            ]
        )
    }

    private static func isFrozen(
        _ pack: PackReference,
        in vault: Vault,
        isUrgent: Bool
    ) async -> Result<Bool, Fault> {
        do throws(Fault) {
            try Cancellation.check("thaw packs")
            let state = try await vault.thaw(pack, days: ColdStorage.days, isUrgent: isUrgent)
            return .success(state == .underWay)
        } catch { return .failure(error) }
    }
}
