import Model

/// What an error reply means for the user: the fault to throw for it.
enum RedisRefusal {
    /// Whether a fault is what the server answered to a command, which it then has not done.
    static func isAnswer(_ fault: Fault) -> Bool {
        let codes: [Fault.Code] = [
            .redisAuthentication, .redisPermission, .redisLoading, .redisNotReady, .redisRefused,
        ]
        return codes.contains(fault.code)
    }

    /// Turns an error reply to a command into a fault with the hint that mends it.
    static func fault(_ failure: RedisFailure, to command: String, at address: RedisAddress)
        -> Fault
    {
        let start = "unable to run \(command) on Redis at '\(address.endpoint)':"
        let user = address.user ?? "default"
        switch failure.kind {
        case "NOAUTH":
            return Fault(
                .redisAuthentication,
                "\(start) the server wants a password",
                hints: ["Give the component a password in its configuration."]
            )
        case "WRONGPASS":
            return Fault(
                .redisAuthentication,
                "\(start) wrong user or password for '\(user)'",
                hints: ["Check with: redis-cli --user \(user) --askpass ping."]
            )
        case "NOPERM":
            return Fault(
                .redisPermission,
                "\(start) user '\(user)' has no permission",
                hints: [grant(user, command)]
            )
        case "LOADING":
            return Fault(
                .redisLoading,
                "\(start) the server is still loading its data",
                hints: ["Wait until that is over: redis-cli INFO persistence"]
            )
        case "NOMASTERLINK":
            return Fault(
                .redisNotReady,
                "\(start) the server is a replica without its master",
                hints: [
                    "Bring the master back, or take the snapshot from the master.",
                    RedisReplication.Link.release,
                ]
            )
        case "MASTERDOWN", "BUSY", "TRYAGAIN":
            return Fault(.redisNotReady, "\(start) \(failure.message)")
        default: return other(failure, to: command, start)
        }
    }

    private static func other(_ failure: RedisFailure, to command: String, _ start: String) -> Fault
    {
        // What AUTH fails with carries no kind of its own in Redis before version 6.
        if command == "AUTH" {
            return Fault(
                .redisAuthentication,
                "\(start) the server refused the login",
                hints: [
                    failure.message.contains("without any password configured")
                        ? "The server has no password: remove it from the component."
                        : "Check the user and the password of the component."
                ]
            )
        }
        if failure.message.hasPrefix("ERR unknown command") {
            return Fault(
                .redisRefused,
                "\(start) the server does not know the command",
                hints: ["The command may be renamed: look for rename-command in redis.conf."]
            )
        }
        return Fault(.redisRefused, "\(start) \(failure.message)")
    }

    /// The rights that what was tried needs, and nothing more, as a shell takes them.
    private static func grant(_ user: String, _ command: String) -> String {
        let (purpose, rights) =
            switch command {
            case "REPLICAOF", "MODULE", "CLIENT":
                (
                    "restore of all data",
                    "+replicaof +info '+config|get' '+module|list' '+client|list'"
                )
            case "RESTORE", "SELECT":
                ("restore of keys", "'~*' +restore +select +info '+config|get' '+module|list'")
            case "FUNCTION":
                (
                    "restore of all keys and functions",
                    "'~*' +restore +select '+function|restore' +info '+config|get' '+module|list'"
                )
            default: ("backup", "+psync +replconf +ping +info '+config|get' +dbsize")
            }
        return "Allow what a \(purpose) needs: redis-cli ACL SETUSER \(user) \(rights)"
    }
}
