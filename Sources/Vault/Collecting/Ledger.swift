internal import Model
internal import ObjectStorage

/// What a collector wrote down about its last run.
struct Ledger {
    /// Every snapshot that its last listing showed, by name; nil before its first run.
    private(set) var heads: Set<String>?
    /// Snapshots that were found out of place, by name.
    private(set) var doubted: Set<String> = []
    /// Snapshots that were deleted since, by whomever.
    private(set) var forgotten: Set<String> = []

    /// Stretches of log that sweeps gave up.
    private(set) var past: [LogStretch] = []
    /// The inventory before the last, by the names of its documents: nobody reads it any more.
    private(set) var outdated: [ObjectName] = []

    /// Reads every document, the newest first.
    init(_ vault: Vault, host: String) async throws(Fault) {
        var names: [(number: UInt64, short: String, info: ObjectInfo)] = []
        try await vault.store.list("\(DocumentFolder.ledger.rawValue)/") { info in
            guard case .document(.ledger, let number, let short) = VaultName(info.name) else {
                return
            }
            names.append((number, short, info))
        }
        var parts: [String: [Int: (entry: LedgerEntry, name: ObjectName)]] = [:]
        for (number, short, info) in names.sorted(by: { $0.number > $1.number }) {
            let document: VaultDocument<LedgerEntry>
            do throws(Fault) {
                document = try vault.document(
                    try await vault.store.get(info.name, limit: Vault.largestDocument),
                    info,
                    .ledger,
                    number: number,
                    short: short
                )
            } catch  where error.code.disposition == .corrupt || error.code == .objectMissing {
                continue
            }
            let entry = document.content
            forgotten.formUnion(entry.swept?.given ?? [])
            past = LogStretch.joined(past + (entry.swept?.past ?? []))
            guard document.host == host, entry.part > 0 else { continue }
            parts[entry.run, default: [:]][entry.part] = (entry, info.name)
            let found = (parts[entry.run] ?? [:]).values
            guard found.count == entry.parts else { continue }
            guard heads == nil else {
                outdated += found.map(\.name)
                continue
            }
            heads = Set(found.flatMap(\.entry.headNames))
            doubted = Set(found.flatMap(\.entry.doubted))
        }
    }
}
