internal import RedisWire

extension RDBFacts {
    /// How much it holds, in words.
    var keysText: String {
        let count = databases.count
        return "\(total.keys) keys in \(count) \(count == 1 ? "database" : "databases"), "
            + "\(total.expiring) of them with an expiry"
    }

    /// How many of the keys are gone as soon as a server has them; `have` is "have" or "will have".
    func expiredText(_ have: String) -> String {
        let count = total.expired
        guard count > 0 else { return "none of the keys has expired by now" }
        let share = count * 100 / max(1, total.keys)
        return
            "\(count) of the keys \(have) expired (\(share) %) and are dropped when the server starts"
    }
}
