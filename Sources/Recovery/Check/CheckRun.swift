public import Model
public import Sealing
public import Vault

/// Looks at every object of a stack's vault.
public struct CheckRun: Sendable {
    private let stack: Stack

    /// Prepares a check.
    public init(_ stack: Stack) { self.stack = stack }

    /// Runs the check.
    ///
    /// - Parameters:
    ///   - identities: what opens the data, to decode every file; empty to compare hashes and
    ///     signatures only.
    ///   - expected: the vault's id as a recovery kit states it.
    ///   - progress: hears of objects as they are done.
    /// - Returns: what was found.
    /// - Throws: what opening the vault throws, and the store where it is about more than single
    ///   objects; damage is in the report.
    public func run(
        identities: [AgeIdentity],
        vault expected: Digest256? = nil,
        progress: (CheckReport) -> Void
    ) async throws(Fault) -> CheckReport {
        let vault = try await stack.openVault(expecting: expected)
        return try await VaultCheck(vault).run(identities: identities, progress: progress)
    }
}

extension CheckReport {
    /// 5 when something is damaged, forged or missing, else 0.
    public var exit: ExitCode { damage.isEmpty ? .success : .damaged }
}
