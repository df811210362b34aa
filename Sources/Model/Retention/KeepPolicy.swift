/// Which snapshots of one component to keep: the newest of each of the last days, weeks, months.
///
/// A snapshot stays when any rule wants it. Restic's words keep their meaning.
public struct KeepPolicy: Sendable, Hashable, Codable {
    /// The newest this many, whatever their age.
    public var last: Int
    /// The newest of each of this many hours that have one.
    public var hourly: Int
    /// The newest of each of this many days that have one.
    public var daily: Int
    /// The newest of each of this many ISO weeks that have one.
    public var weekly: Int
    /// The newest of each of this many months that have one.
    public var monthly: Int
    /// The newest of each of this many years that have one.
    public var yearly: Int
    /// Whether everything stays.
    public var forever: Bool

    /// Counts of zero or more; a policy without any rule keeps everything, since saying nothing deletes nothing.
    public init(
        last: Int = 0,
        hourly: Int = 0,
        daily: Int = 0,
        weekly: Int = 0,
        monthly: Int = 0,
        yearly: Int = 0,
        forever: Bool = false
    ) {
        self.last = last
        self.hourly = hourly
        self.daily = daily
        self.weekly = weekly
        self.monthly = monthly
        self.yearly = yearly
        self.forever =
            forever || [last, hourly, daily, weekly, monthly, yearly].allSatisfy { $0 == 0 }
    }

    /// Everything stays.
    public static let everything = KeepPolicy(forever: true)
}
