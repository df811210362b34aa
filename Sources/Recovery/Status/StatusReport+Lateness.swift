internal import Model
internal import Protection
internal import StackConfiguration
internal import Vault

extension StatusReport.Component {
    /// A server that is received says at least every ten seconds that it is there, and what it says is stored within seconds.
    private static let patience = Duration.seconds(120)

    /// What is wrong where the log of Redis should be received and is not; nil while it is.
    ///
    /// PostgreSQL's own slot says whether anybody receives; Redis forgets a replica that has gone.
    static func lateness(
        _ configured: ComponentConfiguration,
        _ newest: Snapshot?,
        _ standing: LogStanding?,
        _ now: Instant
    ) -> String? {
        guard case .redis(let redis) = configured.source, redis.log?.stream == true, newest != nil
        else { return nil }
        guard let standing else { return "nothing of its log is in the vault" }
        guard standing.isWhole, let until = standing.until, now - until > patience else {
            return nil
        }
        return "nothing of its log has arrived since \(until.rfc3339(digits: 0))"
    }
}
