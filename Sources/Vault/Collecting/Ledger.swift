internal import Model
internal import ObjectStorage

/// What a collector wrote down about its last run.
struct Ledger {
    /// The report of a sweep.
    struct Report {
        /// When it was written, by the collector's clock.
        let time: Instant
        /// When it was stored, by the store's clock.
        let stored: Instant
    }

    private typealias Name = (number: UInt64, short: String, info: ObjectInfo)

    /// Whose collectors these are.
    let host: String
    /// Every snapshot that its last listing showed, by name; nil before its first run.
    private(set) var heads: Set<String>?
    /// Snapshots that were found out of place, by name.
    private(set) var doubted: Set<String> = []
    /// Snapshots that were deleted since, by whomever.
    private(set) var forgotten: Set<String> = []

    /// Stretches of log that sweeps gave up.
    private(set) var past: [LogStretch] = []
    /// The tombstones of this host that a sweep carried out, by name, and the newest report that says so.
    private(set) var done: [String: Report] = [:]
    /// The inventory before the last, by the names of its documents: nobody reads it any more.
    private(set) var outdated: [ObjectName] = []
    private var known: Set<ObjectName> = []

    /// Reads every document, the newest first.
    init(_ vault: Vault, host: String) async throws(Fault) {
        self.host = host
        var parts: [String: [Int: (entry: LedgerEntry, name: ObjectName)]] = [:]
        for name in try await newNames(vault) {
            guard let document = try await Self.document(name, vault) else { continue }
            note(document)
            let entry = document.content
            forgotten.formUnion(entry.swept?.given ?? [])
            past = LogStretch.joined(past + (entry.swept?.past ?? []))
            guard document.host == host, entry.part > 0 else { continue }
            parts[entry.run, default: [:]][entry.part] = (entry, document.name)
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

    /// Takes in which tombstones were carried out since.
    ///
    /// One listing, and one read for each new document.
    mutating func refresh(_ vault: Vault) async throws(Fault) {
        for name in try await newNames(vault) {
            if let document = try await Self.document(name, vault) { note(document) }
        }
    }

    /// The documents that were not looked at yet, the newest first.
    private mutating func newNames(_ vault: Vault) async throws(Fault) -> [Name] {
        var names: [Name] = []
        try await vault.store.list("\(DocumentFolder.ledger.rawValue)/") { info in
            guard case .document(.ledger, let number, let short) = VaultName(info.name) else {
                return
            }
            names.append((number, short, info))
        }
        names.removeAll { !known.insert($0.info.name).inserted }
        return names.sorted { $0.number > $1.number }
    }

    /// A document; nil when it is damaged, forged or gone.
    private static func document(
        _ name: Name,
        _ vault: Vault
    ) async throws(Fault) -> VaultDocument<LedgerEntry>? {
        do throws(Fault) {
            return try vault.document(
                try await vault.store.get(name.info.name, limit: Vault.largestDocument),
                name.info,
                .ledger,
                number: name.number,
                short: name.short
            )
        } catch  where error.code.disposition == .corrupt || error.code == .objectMissing {
            return nil
        }
    }

    private mutating func note(_ document: VaultDocument<LedgerEntry>) {
        guard document.host == host, let swept = document.content.swept else { return }
        let unfinished = Set(swept.unfinished ?? [])
        for name in swept.tombstones where done[name] == nil && !unfinished.contains(name) {
            done[name] = Report(time: document.time, stored: document.stored)
        }
    }
}
