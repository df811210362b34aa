internal import Model

extension Fault.Code {
    /// A Redis server still runs on the files that a restore would write.
    static let redisRunning = Fault.Code("E-REDIS-RUNNING", .permanent, exit: .refused)
    /// What a restore needs to know of the server was neither recorded nor configured.
    static let redisSettingsUnknown = Fault.Code("E-REDIS-SETTINGS", .permanent, exit: .refused)
    /// A snapshot does not hold the one whole RDB that it should.
    static let redisSnapshot = Fault.Code("E-REDIS-SNAPSHOT", .corrupt, exit: .damaged)
}
