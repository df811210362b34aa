public import Model
public import StackConfiguration
public import Vault

/// Where one copy stands.
public struct CopyStanding: Sendable {
    /// What a copy has of one component.
    public struct Component: Sendable {
        /// The component's name.
        public let name: String
        /// The newest snapshot that can be trusted; nil when there is none.
        public let newest: Snapshot?
        /// How far its log reaches on the server's newest timeline; nil when there is no log.
        public let log: LogReach?
        /// How many snapshots that another copy has are newer.
        public internal(set) var behind = 0
        /// How much older the newest snapshot is than that of the best copy; zero when it is the newest, nil when there is none.
        public internal(set) var age: Duration?
    }

    /// The copy.
    public let copy: CopyConfiguration
    /// Why it cannot be used; nil when it can.
    public let fault: Fault?
    /// What its listing and earlier checks tell of it; nil when it cannot be used.
    public let survey: VaultSurvey?
    /// What it has of each component, in the order of the configuration; empty when it cannot be used.
    public internal(set) var components: [Component] = []
    /// What is damaged, forged or gone, beside what checks found, each a line.
    public internal(set) var damage: [String] = []
    /// What else a person should know of it, each a line.
    public internal(set) var problems: [String] = []
    /// When it last held everything that it should, as this host remembers; nil when nobody knows.
    public internal(set) var current: Instant?
    /// Until when its newest snapshots are locked, as its store says; nil when one is not, or none shall be.
    public internal(set) var lockedUntil: Instant?
    /// The file system that it is on; nil when it is on none of this host, or cannot be asked.
    public internal(set) var fileSystem: UInt64?

    /// Whether it may well be away.
    public var isExpected: Bool { absent?.isExpected ?? false }

    /// Whether it should be there, and is not or cannot be used.
    public var isMissed: Bool { fault != nil && !isExpected }

    private var absent: AbsentCopy? {
        fault.map { AbsentCopy(configuration: copy, fault: $0) }
    }

    /// Whether it is away, and was not up to date within the time that `every:` allows.
    ///
    /// One that never was is not late but missing, which the rule of the copies says.
    public func isOverdue(at now: Instant) -> Bool {
        guard isExpected, let every = copy.every, let current else { return false }
        return now - current > every
    }

    /// Whether something in it is damaged, or another vault is in its place.
    public var isDamaged: Bool {
        !damage.isEmpty || survey?.history.open.isEmpty == false
            || absent?.exit == .damaged
    }

    /// What the rule of the copies looks at.
    func compliance(at now: Instant) -> CopyCompliance.Copy {
        CopyCompliance.Copy(
            name: copy.name,
            medium: copy.medium,
            site: copy.site,
            isOutOfReach: isLocked(at: now) || copy.isOffline,
            lacksLock: lacksLock(at: now),
            isThere: fault == nil || isExpected,
            isFilled: fault == nil ? components.allSatisfy { $0.newest != nil } : current != nil,
            fileSystem: fileSystem,
            verified: survey?.history.wholeSince,
            damage: damage.count + (survey?.history.open.count ?? 0)
        )
    }
}
