public import Model
internal import Sealing
internal import StackConfiguration
internal import Vault

/// Lets a host's keys not count any more: for one that was stolen, taken over, or given away.
public struct HostRevocation: Sendable {
    /// What is trusted of one component of the host afterwards.
    public struct Component: Sendable {
        /// The component.
        public let name: String
        /// The newest snapshot that is trusted, by number; nil when none is.
        public let newest: UInt64?
        /// The snapshots that a revoked key signed and that are not trusted, by number.
        public let refused: [UInt64]
    }

    /// What was done.
    public struct Outcome: Sendable {
        /// How many keys of the host are revoked.
        public let keys: Int
        /// From when on what they signed is not trusted.
        public let since: Instant
        /// How many objects stay trusted.
        public let trusted: Int
        /// The components of the stack, in the order of the configuration.
        public let components: [Component]
        /// Why some copies do not know of it yet.
        public let missing: [Fault]
        /// Whether no key of the host is in force, so that it needs new ones before its next backup.
        public let needsKeys: Bool
        /// Whether all copies know of it that should be there.
        public let isComplete: Bool
    }

    private let stack: Stack

    /// Prepares a revocation.
    public init(_ stack: Stack) { self.stack = stack }

    /// Revokes every key of a host that is not revoked yet, or adds to what was revoked before.
    ///
    /// After success each copy that is there knows of it. What the keys signed stays trusted as far as every copy that holds
    /// it stored it before `moment`. After a failure some copies may know of it; running it again goes on.
    ///
    /// - Parameters:
    ///   - host: the host's name.
    ///   - isAgain: whether to add what copies hold that were away before, or an earlier moment, and leave newer keys alone.
    ///   - moment: since when its keys are in other hands; nil: until now they were not.
    ///   - copies: the copies whose word about what they stored when counts, by name; all that are there when empty.
    ///   - kit: the recovery kit.
    ///   - passphrases: where its passphrase comes from, if it has one.
    /// - Returns: what was done, and what is trusted of the host afterwards.
    /// - Throws: `E-HOST-UNKNOWN`, `E-COPY-UNKNOWN`, `E-KIT-FOREIGN`, `E-KEY-WRONG`, `E-ENVIRONMENT`, what opening and listing the copies
    ///   throws.
    public func run(
        _ host: String,
        again isAgain: Bool = false,
        since moment: Instant?,
        seenIn copies: [String] = [],
        _ kit: RecoveryKit,
        passphrases: PassphraseSource
    ) async throws(Fault) -> Outcome {
        let kitKeys = try kit.openKeys(passphrases)
        let found = try await stack.findCopies(with: kit, kitKeys).required()
        let vaults = found.open.map(\.vault)
        let names = try stack.copies(copies).map(\.name)
        let witnesses = try found.only(names).required().open.map(\.vault)
        let revocations = try await UnitedCopies(found).vault.revocations(
            of: host,
            again: isAgain,
            since: moment,
            seenIn: witnesses,
            operator: kitKeys.operatorKey,
            at: stack.clock.now()
        )
        var missing = found.absent.map(\.fault)
        var isComplete = found.absent.allSatisfy(\.isExpected)
        for vault in vaults {
            do throws(Fault) {
                for revocation in revocations { try await vault.store(revocation) }
            } catch {
                if error.code == .cancelled { throw error }
                missing.append(error)
                isComplete = false
            }
        }
        guard missing.count < found.open.count + found.absent.count || missing.isEmpty else {
            throw missing[0]
        }
        let after = try await stack.copiesToRead(expecting: kit.vault).vault
        return Outcome(
            keys: Set(revocations.flatMap(\.keys)).count,
            since: revocations.map(\.since).max() ?? stack.clock.now(),
            trusted: revocations.reduce(0) { $0 + $1.count },
            components: try await components(of: host, after),
            missing: missing,
            needsKeys: after.enrolment(of: host).map { after.isRevoked($0.key, host: host) }
                ?? true,
            isComplete: isComplete
        )
    }

    private func components(
        of host: String,
        _ vault: Vault
    ) async throws(Fault) -> [Component] {
        var components: [Component] = []
        for component in stack.configuration.components {
            guard
                let stream = StreamName(
                    host: host,
                    stack: stack.configuration.stack,
                    component: component.name
                )
            else { continue }
            let all = try await vault.acceptingRevoked.snapshots(of: stream).snapshots.map(\.id)
            let trusted = Set(try await vault.snapshots(of: stream).snapshots.map(\.id))
            components.append(
                Component(
                    name: component.name,
                    newest: all.last { trusted.contains($0) }?.seq,
                    refused: all.filter { !trusted.contains($0) }.map(\.seq)
                )
            )
        }
        return components
    }
}
