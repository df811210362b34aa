/// Decides how much slower the files of a busy database are read, as a value.
///
/// ```
/// full speed ─busy─▶ 1/2 ─busy─▶ 1/4 … 1/32     one step for each look, the other way when it is calm
/// ```
/// It never stops: a backup that does not end holds the log and the old files of the server too.
public struct BackOff: Sendable, Equatable {
    /// When the database counts as busy.
    public struct Bounds: Sendable, Equatable {
        /// With more sessions than this.
        public var sessions: Int?
        /// When a MiB takes longer than this.
        public var wait: Duration?

        /// Groups the bounds; without any the database never counts as busy.
        public init(sessions: Int? = nil, wait: Duration? = nil) {
            self.sessions = sessions
            self.wait = wait
        }
    }

    /// What one look saw.
    package struct Look: Sendable, Equatable {
        /// How many sessions run something; nil when that was not asked.
        package var sessions: Int?
        /// The longest that a MiB took since the look before.
        package var wait: Duration

        /// Describes what was seen.
        package init(sessions: Int? = nil, wait: Duration) {
            self.sessions = sessions
            self.wait = wait
        }
    }

    /// The most steps down.
    static let deepest = 5

    /// The bounds.
    let bounds: Bounds
    /// How often the speed is halved.
    package private(set) var level = 0

    /// Begins at full speed.
    package init(_ bounds: Bounds) { self.bounds = bounds }

    /// Takes a look into account; gives what a person should know, when slowness begins and when it is over.
    package mutating func observe(_ look: Look) -> String? {
        let before = level
        let reason = reason(look)
        level = reason == nil ? max(0, level - 1) : min(Self.deepest, level + 1)
        if before == 0, let reason {
            return "the database is busy (\(reason)): its files are read more slowly"
        }
        return before > 0 && level == 0
            ? "the database is calm again: its files are read at full speed" : nil
    }

    /// How long to pause after so much time of reading.
    package func pause(after time: Duration) -> Duration { time * ((1 << level) - 1) }

    private func reason(_ look: Look) -> String? {
        if let bound = bounds.sessions, let sessions = look.sessions, sessions > bound {
            return "\(sessions) sessions run something, more than \(bound)"
        }
        if let bound = bounds.wait, look.wait > bound {
            return "a MiB took \(look.wait.milliseconds) ms, more than \(bound.milliseconds)"
        }
        return nil
    }
}

extension Duration {
    /// Whole milliseconds.
    fileprivate var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
