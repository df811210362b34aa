public import Model
internal import ObjectStorage
internal import Sealing

/// Looks at a vault: at its names and heads, at every byte, or into every file.
///
/// ```
/// list ─▶ documents ─▶ heads: signatures, packs, order ─▶ ring: bytes ─▶ contents ─▶ what is remembered
///         └────────────── every check ─────────────┘      hashes         deep
/// ```
/// Without identities it proves that every byte is what its name or its signature commits to, and that nothing that a
/// head names is missing. With identities it also decodes every file of every snapshot and every piece of log. With an
/// author it leaves its results under `checks/`, and the next check goes on where this one ended, so that what was
/// verified longest ago is always next.
///
/// Memory: 41 bytes for a pack, 48 for a piece of log, the names of snapshots, and at most 10,000 findings.
public struct VaultCheck {
    let vault: Vault
    let request: CheckRequest
    var report = CheckReport()
    var inventory = VaultInventory()
    var chain = ChainCheck()
    /// Where a finding stands in the report.
    private var places: [String: Int] = [:]
    /// Findings about names and heads, for the document that ends the check.
    var looked: [CheckReport.Finding] = []
    var history = CheckHistory()
    /// Names of snapshots that a collection forgot.
    var forgotten: Set<String> = []
    /// Log that collections gave up.
    var givenUp = LogRanges()
    /// Log that a revoked key signed, as far as bytes were read.
    var refusedLog = LogRanges()
    /// The log that each base backup needs.
    var bases: [(id: SnapshotID, log: BaseLog)] = []
    /// What other copies know of the log, once they are asked.
    var elsewhere: Result<KnownLog, Fault>?
    /// What the copy held of an epoch of log when it was listed once more.
    var relisted: (stream: StreamName, epoch: UInt32, held: LogRanges)?
    /// Names that collections gave up, once they are asked for.
    private var deleted: Set<String>?
    /// The highest number of the documents of each host that are listed.
    var hosts: [String: Int] = [:]
    /// The texts of enrolments that heads carry along and that have been looked at.
    var enrolments: Set<String> = []
    /// What is not trusted without being damage, and the report names.
    private(set) var distrusted: Set<String> = []
    /// Those of them that are another object of the vault under a name that is not their own, by name.
    private(set) var misplaced: [String: VaultName] = [:]
    /// What is no document of its name below `hosts/`; whether one was there the heads tell.
    var strays: [(name: VaultName, fault: Fault)] = []
    /// The numbers of each stream and folder that count.
    var rows: [String: NumberRow] = [:]
    /// Packs that heads name and the vault did not list, each looked for once.
    var missing: Set<Digest256> = []
    /// The sizes of those that a second listing showed, once there was one.
    var latePacks: [Digest256: Int64]?

    /// Prepares a check.
    public init(_ vault: Vault, _ request: CheckRequest = CheckRequest()) {
        self.vault = vault
        self.request = request
    }

    /// Runs the check; `progress` hears of objects as they are done.
    ///
    /// - Throws: `E-CANCELLED` when its task was cancelled; what was verified by then is remembered. What the store throws,
    ///   other than about single objects; damage is in the report.
    public consuming func run(
        progress: (CheckReport) -> Void
    ) async throws(Fault) -> CheckReport {
        report.depth = request.identities.isEmpty ? min(request.depth, .hashes) : .deep
        let started = request.author?.clock.now() ?? Instant(nanoseconds: 0)
        history = try await vault.checkHistory()
        try await list()
        try await checkSmall(progress)
        try await checkHeads(progress)
        try await checkStrays()
        checkMoved()
        checkRemembered()
        checkChain()
        var scrub = Scrub(started: started)
        if report.depth >= .hashes { try await walk(&scrub, progress) }
        try await checkLog()
        try await checkBases()
        if report.depth == .deep { try await checkContents(progress) }
        report.unreferenced = inventory.packs.unnamed
        try await remember(&scrub, isEnd: true)
        report.damage.sort { ($0.object, $0.fact) < ($1.object, $1.fact) }
        return report
    }

    private mutating func list() async throws(Fault) {
        var last: ObjectName?
        try await vault.store.list("") { info throws(Fault) in
            // The ring, and what is said to be verified, rests on the order that every store promises.
            if let last, info.name <= last {
                throw Fault(
                    .storeUnreachable,
                    "unable to check vault '\(vault.store.address)': its store lists '\(info.name)' out of order"
                )
            }
            last = info.name
            guard !inventory.add(info) else { return }
            foreign(info.name.text)
        }
        try await vault.store.listOddities { oddity in
            let parts = oddity.place.split(separator: "/")
            let isOurs = parts.first.map { VaultName.folders.contains(String($0)) } ?? false
            if isOurs || ObjectName(oddity.place).flatMap({ VaultName($0) }) != nil {
                note(oddity.place, "it is \(oddity.kind), and nothing that a vault holds", .listing)
            } else {
                foreign("\(oddity.place), \(oddity.kind)")
            }
        }
    }

    private mutating func checkChain() {
        guard request.judgesHoles else { return }
        for id in request.elsewhere { chain.know(id) }
        for hole in chain.findings { note(hole.object, hole.fact, .listing) }
    }

    private mutating func foreign(_ text: String) {
        if report.foreign.count < CheckReport.largestList {
            report.foreign.append(text)
        } else {
            report.omitted += 1
        }
    }

    /// Adds a finding; the first fact about an object stays, and the depth is that of the closest look that it needs.
    mutating func note(_ object: String, _ fact: String, _ depth: CheckDepth) {
        if depth != .hashes {
            looked.append(
                CheckReport.Finding(
                    object: object,
                    // The vault's documents are clear, and a file's name is none of its storage's business.
                    fact: depth == .deep ? "not everything that it holds can be read" : fact,
                    depth: depth
                )
            )
        }
        if let place = places[object] {
            let known = report.damage[place]
            guard known.depth < depth else { return }
            report.damage[place] = CheckReport.Finding(
                object: object,
                fact: known.fact,
                depth: depth
            )
            return
        }
        guard report.damage.count < CheckReport.largestList else {
            report.omitted += 1
            return
        }
        places[object] = report.damage.count
        report.damage.append(CheckReport.Finding(object: object, fact: fact, depth: depth))
    }

    /// Names what counts for nothing and is no damage.
    mutating func distrust(_ object: String, _ fact: String, _ depth: CheckDepth) {
        guard distrusted.insert(object).inserted else { return }
        guard report.distrusted.count < CheckReport.largestList else {
            report.omitted += 1
            return
        }
        report.distrusted.append(CheckReport.Finding(object: object, fact: fact, depth: depth))
    }

    /// Runs one step; a fault about the object itself becomes a finding.
    ///
    /// What a revoked key signed is none: it is never used, and would else be reported for ever. While a revocation is lost it
    /// is one, since with the revocation some of it may count again. Nor is what somebody copied to another name: no
    /// object of this vault ever had it.
    ///
    /// - Returns: what is wrong; nil when nothing is.
    mutating func finding(
        _ object: String,
        _ depth: CheckDepth,
        _ step: (inout VaultCheck) async throws(Fault) -> Void
    ) async throws(Fault) -> Fault? {
        do throws(Fault) {
            try await step(&self)
            return nil
        } catch
            where error.code.disposition == .corrupt || error.code == .objectMissing
            || error.code == .invalidKey || error.code == .unknownFormat
        {
            if error.code == .revoked, !vault.lacksRevocation {
                distrust(object, error.message, depth)
                return nil
            }
            if let own = error.own {
                misplaced[object] = own
                distrust(object, error.message, depth)
                return nil
            }
            guard error.code == .objectMissing else {
                note(object, error.message, depth)
                return error
            }
            // What a collection deletes while the check runs is no loss.
            if deleted == nil { deleted = try await vault.deletedNames() }
            guard deleted?.contains(object) == false else { return nil }
            note(object, "it is not there any more", depth)
            return error
        }
    }
}
