/// What a server tells of those that follow it and of whom it follows.
public struct RedisReplication: Sendable, Hashable {
    /// A replica of the server.
    public struct Replica: Sendable, Hashable {
        /// Where it listens, as it told the server.
        public let endpoint: RedisEndpoint
        /// Whether it has all data and gets every command.
        public let isOnline: Bool
        /// Seconds since the server last heard how far it is; nil before the first time.
        public let silence: Int64?
        /// How many bytes of commands it has not confirmed.
        public let behind: Int64
    }

    /// The link of a replica to its master.
    public struct Link: Sendable, Hashable {
        /// Where the master listens.
        public let master: RedisEndpoint
        /// Whether the link is there.
        public let isUp: Bool
        /// Whether all data is being fetched anew.
        public let isSynchronising: Bool
        /// Seconds since the master was last heard, or since the link is down; nil when unknown.
        public let silence: Int64?
    }

    /// The replication history that the server belongs to.
    public let replicationID: String
    /// How far it is in that history.
    public let offset: Int64
    /// The replicas that listen somewhere; what only takes a snapshot does not.
    public let replicas: [Replica]
    /// Whom it follows; nil for a master.
    public let link: Link?

    /// Reads the fields of `INFO replication`; nil when they are not what a server tells.
    public init?(info: [String: String]) {
        guard let role = info["role"] else { return nil }
        let offset = info["master_repl_offset"].flatMap { Int64($0) } ?? 0
        self.offset = offset
        replicationID = info["master_replid"] ?? ""
        let count = info["connected_slaves"].flatMap { Int($0) } ?? 0
        replicas = (0..<min(max(count, 0), 1_000)).compactMap { index in
            info["slave\(index)"].flatMap { Self.replica($0, of: offset) }
        }
        link = role == "slave" ? Self.link(info) : nil
    }

    /// Reads `ip=…,port=…,state=online,offset=…,lag=…`.
    private static func replica(_ text: String, of masterOffset: Int64) -> Replica? {
        var fields: [Substring: Substring] = [:]
        for part in text.split(separator: ",") {
            guard let equals = part.firstIndex(of: "=") else { continue }
            fields[part[..<equals]] = part[part.index(after: equals)...]
        }
        guard let host = fields["ip"], let port = fields["port"].flatMap({ Int($0) }), port > 0
        else { return nil }
        let offset = fields["offset"].flatMap { Int64($0) } ?? 0
        let isOnline = fields["state"] == "online"
        return Replica(
            endpoint: .tcp(host: String(host), port: port),
            isOnline: isOnline,
            silence: isOnline ? fields["lag"].flatMap { Int64($0) } : nil,
            behind: max(0, masterOffset - min(offset, masterOffset))
        )
    }

    private static func link(_ info: [String: String]) -> Link? {
        guard let host = info["master_host"], let port = info["master_port"].flatMap({ Int($0) })
        else { return nil }
        let isUp = info["master_link_status"] == "up"
        let field = isUp ? "master_last_io_seconds_ago" : "master_link_down_since_seconds"
        return Link(
            master: .tcp(host: host, port: port),
            isUp: isUp,
            isSynchronising: info["master_sync_in_progress"] == "1",
            silence: info[field].flatMap { Int64($0) }.flatMap { $0 < 0 ? nil : $0 }
        )
    }
}
