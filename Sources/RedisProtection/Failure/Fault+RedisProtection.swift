internal import Model

extension Fault.Code {
    /// A Redis server still runs on the files that a restore would write.
    static let redisRunning = Fault.Code("E-REDIS-RUNNING", .permanent, exit: .refused)
    /// What a restore needs to know of the server was neither recorded nor configured.
    static let redisSettingsUnknown = Fault.Code("E-REDIS-SETTINGS", .permanent, exit: .refused)
    /// A running server cannot be restored into as it is.
    static let redisTarget = Fault.Code("E-REDIS-TARGET", .permanent, exit: .refused)
    /// A server does not load data of this version.
    static let redisVersion = Fault.Code("E-REDIS-VERSION", .permanent, exit: .refused)
    /// None of the keys that were asked for is in the snapshot.
    static let redisKeys = Fault.Code("E-REDIS-KEYS", .permanent, exit: .refused)
    /// A snapshot does not hold the one whole RDB that it should.
    static let redisSnapshot = Fault.Code("E-REDIS-SNAPSHOT", .corrupt, exit: .damaged)
    /// The commands behind a snapshot could not be replayed on it.
    static let redisReplay = Fault.Code("E-REDIS-REPLAY", .permanent, exit: .failed)
    /// This host's clock was set back, so that the log cannot say any more when its commands were received.
    static let redisLogClock = Fault.Code("E-REDIS-LOG-CLOCK", .retry, exit: .failed)
}
