public import Model
internal import ObjectStorage

/// The log that copies of a vault hold, and that they gave up: what another copy may lack without a loss.
///
/// By the names of pieces, not verified. A value without input or output.
public struct KnownLog: Sendable {
    /// What is there.
    var held = LogRanges()
    /// What collections gave up.
    var givenUp = LogRanges()

    /// Nothing.
    public init() {}

    /// Adds what another copy knows.
    public mutating func add(_ other: KnownLog) {
        held.add(other.held)
        givenUp.add(other.givenUp)
    }
}

extension Vault {
    /// The log that this copy holds, and that it gave up.
    ///
    /// One listing of the log, and one of `gc/` and of `ledger/` each, with a read for each document.
    ///
    /// - Throws: what the store throws.
    public func knownLog() async throws(Fault) -> KnownLog {
        var known = KnownLog()
        // The log comes first: what is deleted after that is held and given up.
        try await store.list("log/") { info in
            guard let name = VaultName(info.name),
                case .log(let stream, let epoch, let from, let to, _) = name
            else { return }
            known.held.add(stream, epoch, from..<to)
        }
        for document in try await documents(of: .collections, as: Tombstone.self).found {
            known.givenUp.add(document.content.log)
        }
        for document in try await documents(of: .ledger, as: LedgerEntry.self).found {
            known.givenUp.add(document.content.swept?.past ?? [])
        }
        return known
    }
}
