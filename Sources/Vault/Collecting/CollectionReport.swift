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

    init(plan: CollectionPlan) { self.plan = plan }
}
