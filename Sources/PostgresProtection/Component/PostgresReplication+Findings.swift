internal import Model

extension PostgresReplication {
    /// Something that a person should mend.
    public struct Finding: Sendable, Hashable {
        /// What is so.
        public let fact: String
        /// What mends it.
        public let remedy: String
    }

    /// How far a follower may be behind.
    private static let lagBound = ByteCount(256 << 20)
    private static let delayBound = Duration.seconds(60)

    /// What should be mended, the most pressing first.
    public var findings: [Finding] {
        var found: [Finding] = []
        if let failedFile {
            found.append(
                Finding(
                    fact:
                        "the archiver fails with \(failedFile), \(failures) times so far: the server keeps all log since",
                    remedy: "look into the server's log, and mend archive_command"
                )
            )
        }
        for slot in slots where slot.isLost {
            found.append(
                Finding(
                    fact: "slot '\(slot.name)' has lost its log: what used it cannot go on",
                    remedy:
                        "SELECT pg_drop_replication_slot('\(slot.name)'), and build what used it anew"
                )
            )
        }
        for slot in slots where !slot.isLost && !slot.isActive {
            found.append(
                Finding(
                    fact: "slot '\(slot.name)' keeps \(slot.kept) of log, and nobody uses it",
                    remedy:
                        "start what uses it, or: SELECT pg_drop_replication_slot('\(slot.name)')"
                )
            )
        }
        return found + followers.compactMap { $0.finding(Self.lagBound, Self.delayBound) }
    }
}

extension PostgresReplication.Follower {
    /// Who it is, and how far it is, in words.
    public var text: String {
        let who = name.map { "standby '\($0)'" } ?? "it is a standby, which"
        guard isStreaming else { return "\(who) receives no log" }
        guard let lag else { return "\(who) follows" }
        let time = delay.map { ", \($0.components.seconds) s" } ?? ""
        return "\(who) follows, \(lag)\(time) behind"
    }

    fileprivate func finding(
        _ lagBound: ByteCount,
        _ delayBound: Duration
    ) -> PostgresReplication.Finding? {
        let isLate = (lag ?? .zero) > lagBound || (delay ?? .zero) > delayBound
        guard !isStreaming || isLate else { return nil }
        return PostgresReplication.Finding(
            fact: text,
            remedy: name == nil
                ? "look into its log, and at primary_conninfo" : "look into the standby's log"
        )
    }
}
