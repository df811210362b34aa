package import Model
package import Vault

/// The copies that the log goes to, as they are when receiving begins.
package struct LogPlaces {
    /// The open ones; nil for each that cannot be reached.
    package let vaults: [Vault?]
    /// The open ones as one to read from.
    package let union: Vault

    /// Opens the copies.
    ///
    /// - Throws: why, when none can be opened.
    package static func open(_ context: BackupContext) async throws(Fault) -> LogPlaces {
        var vaults: [Vault?] = []
        var first: Fault?
        for copy in context.log.copies {
            do throws(Fault) {
                vaults.append(try await copy.open())
            } catch {
                if error.code == .cancelled { throw error }
                vaults.append(nil)
                first = first ?? error
            }
        }
        let open = vaults.compactMap(\.self)
        guard !open.isEmpty else {
            guard let first else { preconditionFailure("the log goes somewhere") }
            guard vaults.count > 1 else { throw first }
            throw Fault(
                .logCopies,
                "unable to store the log: no copy takes it; \(first.message)",
                cause: first
            )
        }
        let union = open.count == 1 ? open[0] : Vault.united(open).vault
        return LogPlaces(vaults: vaults, union: union)
    }

    /// Of each copy, whether it holds the end of the log and the history of a timeline, as all copies together do.
    package func follows(
        _ all: LogReader,
        timeline: UInt32,
        _ stream: StreamName
    ) async throws(Fault) -> [Bool] {
        guard vaults.count > 1 else { return [true] }
        let reach = all.coverage(epoch: timeline).ranges.last?.upperBound
        let hasHistory = all.histories[timeline] != nil
        var follows: [Bool] = []
        for vault in vaults {
            var isThere = false
            if let vault, let own = try? await LogReader(vault, stream: stream) {
                isThere =
                    own.coverage(epoch: timeline).ranges.last?.upperBound == reach
                    && (own.histories[timeline] != nil || !hasHistory)
            }
            follows.append(isThere)
        }
        return follows
    }
}
