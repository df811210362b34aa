extension RedisReplication {
    /// Something that a person should mend, and how.
    public struct Finding: Sendable, Hashable {
        /// What is so.
        public let fact: String
        /// What to do about it.
        public let remedy: String
        /// Whether no snapshot can be taken while it is so.
        public let preventsSnapshots: Bool
    }

    /// A replica confirms every second, a master pings every ten: longer silence means trouble.
    private static let longestSilence: Int64 = 30

    /// Who follows and whom it follows, a line each.
    public var lines: [String] { (link.map { [$0.text] } ?? []) + replicas.map(\.text) }

    /// Why a replica that was asked after this master may not stand for it; nil when it holds all that this held then.
    public func doubt(about replica: RedisReplication?) -> String? {
        guard let replica, replica.replicationID == replicationID, replica.link?.isUp == true
        else { return "does not confirm to be one of this server" }
        guard replica.offset >= offset else {
            return "is \(offset - replica.offset) B behind what the server had"
        }
        return nil
    }

    /// What is wrong with the links.
    public var findings: [Finding] {
        var found: [Finding] = []
        if let link, !link.isUp {
            found.append(
                Finding(
                    fact: link.text,
                    remedy:
                        "bring its master back, or make it one: \(RedisReplication.Link.command)",
                    preventsSnapshots: true
                )
            )
        } else if let link, (link.silence ?? 0) > Self.longestSilence {
            found.append(
                Finding(
                    fact: link.text,
                    remedy: "look into the master's log",
                    preventsSnapshots: false
                )
            )
        }
        for replica in replicas
        where !replica.isOnline || (replica.silence ?? 0) > Self.longestSilence {
            found.append(
                Finding(
                    fact: replica.text,
                    remedy: "look into the replica's log",
                    preventsSnapshots: false
                )
            )
        }
        return found
    }
}

extension RedisReplication.Replica {
    /// Who it is, and how far it is, in words.
    public var text: String {
        guard isOnline else { return "replica \(endpoint) is not in step: it gets all data anew" }
        let heard = silence.map { ", heard \($0) s ago" } ?? ""
        return "replica \(endpoint) follows, \(behind) B behind\(heard)"
    }
}

extension RedisReplication.Link {
    static let command = "redis-cli REPLICAOF NO ONE"
    /// What mends a server whose master is none any more.
    public static let release =
        "If its master is gone for good, as behind a restore to the running server that was killed, make it one: \(command)"

    /// Whom it follows, and whether it does, in words.
    public var text: String {
        let time = silence.map { " \($0) s" }
        guard isUp else {
            let state = isSynchronising ? "gets all data anew" : "has lost it"
            return "it is a replica of \(master) and \(state)" + (time.map { ", for\($0)" } ?? "")
        }
        return "it is a replica of \(master)" + (time.map { ", heard\($0) ago" } ?? "")
    }
}
