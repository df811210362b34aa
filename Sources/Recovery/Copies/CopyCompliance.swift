public import Model
public import StackConfiguration

/// What a stack's copies still lack of the rule 3-2-1 or 3-2-1-1-0.
///
/// | digit | what must be true |
/// |---|---|
/// | 3 | the data and two copies that are there, each with a snapshot of every component, on disks of their own |
/// | 2 | two kinds of media, the data's own disk among them |
/// | 1 | two places on earth |
/// | 1 | one copy that cannot be changed: locked, as its store shows, or offline |
/// | 0 | no damage that is known, and one copy of which every byte was verified within thirty days |
///
/// 3-2-1 asks for the first three only. A value without input or output.
public struct CopyCompliance: Sendable, Hashable {
    /// What is known of a copy.
    public struct Copy: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// What it is kept on.
        public let medium: CopyConfiguration.Medium
        /// The place on earth; nil when the configuration does not say.
        public let site: String?
        /// Whether it is locked, as its store shows, or offline.
        public let isOutOfReach: Bool
        /// Whether it shall be locked and is not.
        public let lacksLock: Bool
        /// Whether it is there, or may be away.
        public let isThere: Bool
        /// Whether it has a snapshot of every component; whether it ever was up to date, when it is away.
        public let isFilled: Bool
        /// The file system that it is on; nil when it is on none of this host, or not there.
        public let fileSystem: UInt64?
        /// Since when every byte of it is verified; nil when it is not.
        public let verified: Instant?
        /// How many findings of damage hold.
        public let damage: Int

        /// Describes a copy.
        public init(
            name: String,
            medium: CopyConfiguration.Medium,
            site: String? = nil,
            isOutOfReach: Bool = false,
            lacksLock: Bool = false,
            isThere: Bool = true,
            isFilled: Bool = true,
            fileSystem: UInt64? = nil,
            verified: Instant? = nil,
            damage: Int = 0
        ) {
            self.name = name
            self.medium = medium
            self.site = site
            self.isOutOfReach = isOutOfReach
            self.lacksLock = lacksLock
            self.isThere = isThere
            self.isFilled = isFilled
            self.fileSystem = fileSystem
            self.verified = verified
            self.damage = damage
        }
    }

    /// Something that is lacking.
    public struct Lack: Sendable, Hashable {
        /// Which part of the rule.
        public enum Part: String, Sendable, Hashable, CaseIterable {
            case copies, disks, media, sites, reach, verification, damage
        }

        /// Which part of the rule.
        public let part: Part
        /// What is lacking.
        public let fact: String
        /// What to do about it.
        public let remedy: String
    }

    /// How long a verification counts.
    public static let window = Duration.seconds(30 * 86_400)
    /// How many copies there must be beside the data itself.
    public static let wanted = 2

    /// The rule.
    public let rule: ObjectiveConfiguration.CopyRule
    /// What is lacking; empty when the rule is met.
    public let lacks: [Lack]

    /// Judges some copies.
    ///
    /// - Parameters:
    ///   - copies: what is known of each.
    ///   - rule: the rule.
    ///   - now: the present moment.
    public init(
        _ copies: [Copy],
        rule: ObjectiveConfiguration.CopyRule = .threeTwoOne,
        now: Instant
    ) {
        self.rule = rule
        let good = copies.filter { $0.isThere && $0.isFilled }
        var lacks = Self.number(copies, good)
        lacks += Self.disks(good)
        lacks += Self.media(copies)
        lacks += Self.sites(copies)
        if rule == .threeTwoOneOneZero {
            lacks += Self.reach(good)
            lacks += Self.verification(copies, now)
            lacks += Self.damage(copies)
        }
        self.lacks = lacks
    }

    /// Whether the rule is met.
    public var isMet: Bool { lacks.isEmpty }
}
