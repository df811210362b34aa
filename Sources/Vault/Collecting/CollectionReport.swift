public import Model

/// What a collection of a vault did.
public struct CollectionReport: Sendable {
    /// What was decided.
    public let plan: CollectionPlan
    /// What was deleted of what had been marked before.
    public internal(set) var swept = LedgerEntry.Swept()
    /// How many snapshots were marked now.
    public internal(set) var markedSnapshots = 0
    /// The packs that were marked now.
    public internal(set) var markedPacks = CollectionPlan.Amount()
    /// The pieces of log that were marked now.
    public internal(set) var markedLog = CollectionPlan.Amount()
    /// When what was marked now may be deleted, by the store's clock; nil when nothing was.
    public internal(set) var due: Instant?

    /// What became of the locks of what stays; nil for a store without locks.
    public internal(set) var locks: LockReport?
    /// How many interrupted uploads were cleared away.
    public internal(set) var leftovers = 0
    /// What could not be done beside: locks that could not be prolonged, leftovers that could not be cleared away.
    public internal(set) var findings: [Fault] = []

    init(plan: CollectionPlan) { self.plan = plan }
}
