/// How the program ends, as scripts see it; the numbers never change their meaning.
public enum ExitCode: Int32, Sendable, CaseIterable {
    /// Everything that was asked for was done.
    case success = 0
    /// Something failed that no other code names.
    case failed = 1
    /// The command line or the configuration is wrong; nothing was started.
    case usage = 2
    /// The work was done in part; what is missing was named.
    case incomplete = 3
    /// An objective (RPO, RTO, proof) is missed.
    case objectiveMissed = 4
    /// Stored data is damaged.
    case damaged = 5
    /// There is no vault where one was expected.
    case noVault = 10
    /// The key at hand does not open what was asked for.
    case wrongKey = 12
    /// A copy cannot be reached.
    case copyUnreachable = 13
    /// A source (PostgreSQL, Redis, a path) cannot be reached or read.
    case sourceUnreachable = 14
    /// The request was refused before anything was changed.
    case refused = 15
    /// Interrupted by SIGINT.
    case interrupted = 130
    /// Ended by SIGTERM.
    case terminated = 143
    /// A server that recovers must stop: what it asked for may be there, and cannot be handed out.
    ///
    /// PostgreSQL takes up to 125 from its `restore_command` for the end of the log, and opens for writing.
    case recoveryStopped = 200
}
