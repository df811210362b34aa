internal import Model
internal import StackConfiguration
internal import Vault

extension StackRestore {
    /// A running server takes only its own data, and expiries are those of a Redis.
    ///
    /// - Throws: `E-VALUE` when the wish has no Redis to be about, or others beside the running one.
    func requireRedis(
        _ selection: [ComponentConfiguration],
        for wish: RedisWish
    ) throws(Fault) {
        let servers = selection.filter { $0.kind == .redis }
        let isRight = wish.isLive ? selection.map(\.kind) == [.redis] : !servers.isEmpty
        guard !isRight else { return }
        let stack = stack.configuration.stack
        throw Fault(
            .invalidValue,
            wish.isLive
                ? "unable to restore '\(stack)' into a running server: that takes one component that is a Redis"
                : "unable to restore '\(stack)' with other expiries: there is no Redis among \(selection.map(\.name).joined(separator: ", "))",
            hints: servers.map { "Name it: \(stack)/\($0.name)" }
        )
    }
}
