internal import Model
internal import RedisWire
internal import Sealing
internal import Vault

/// The commands that are replayed on a snapshot: those from its place on, up to another.
struct RedisLogStretch: Sendable, Hashable {
    /// So much of it is read at once.
    private static let step: UInt64 = 16 << 20

    /// The epoch of the log.
    let epoch: UInt32
    /// Where it begins and ends.
    let positions: Range<UInt64>

    /// Names a stretch.
    init(epoch: UInt32, positions: Range<UInt64>) {
        self.epoch = epoch
        self.positions = positions
    }

    /// Reads it from what a plan found out; nil when nothing is replayed.
    init?(_ facts: [String: String]) {
        guard let epoch = UInt32(facts["log_epoch"] ?? ""),
            let from = UInt64(facts["log_from"] ?? ""), let to = UInt64(facts["log_to"] ?? ""),
            from < to
        else { return nil }
        self.init(epoch: epoch, positions: from..<to)
    }

    /// The same for a plan.
    var facts: [String: String] {
        [
            "log_epoch": "\(epoch)", "log_from": "\(positions.lowerBound)",
            "log_to": "\(positions.upperBound)",
        ]
    }

    /// How long it is.
    var bytes: ByteCount { ByteCount(Int64(clamping: positions.count)) }

    /// Reads it in steps, and proves that it is whole commands and no part of a transaction.
    struct Reader {
        private let stretch: RedisLogStretch
        private let log: LogReader
        private let identities: [AgeIdentity]
        private var splitter: RedisStreamSplitter

        init(_ stretch: RedisLogStretch, _ log: LogReader, _ identities: [AgeIdentity]) {
            self.stretch = stretch
            self.log = log
            self.identities = identities
            splitter = RedisStreamSplitter(at: stretch.positions.lowerBound)
        }

        private var wayOut: String {
            "A snapshot alone comes back by its name: --at \(log.stream.component)@NUMBER"
        }

        /// The next bytes; nil at the end.
        ///
        /// - Throws: `E-LOG-GAP`, `E-VAULT-DAMAGED`, `E-VAULT-TRUST`, `E-KEY-WRONG`; `E-REDIS-REPLAY` when it is no stream of commands.
        mutating func next() async throws(Fault) -> [UInt8]? {
            let (from, end) = (splitter.position, stretch.positions.upperBound)
            guard from < end else {
                guard splitter.boundary == end else {
                    throw Fault(
                        .redisReplay,
                        "unable to replay the log of '\(log.stream.component)': it ends inside a command, at offset \(splitter.boundary)",
                        hints: [wayOut]
                    )
                }
                return nil
            }
            var bytes: [UInt8] = []
            try await log.read(
                epoch: stretch.epoch,
                from: from,
                to: min(end, from + step),
                identities: identities
            ) { _, piece async throws(Fault) in bytes += piece }
            do throws(Fault) {
                try splitter.feed(bytes)
            } catch {
                throw Fault(
                    .redisReplay,
                    "unable to replay the log of '\(log.stream.component)': \(error.message)",
                    hints: [wayOut],
                    cause: error
                )
            }
            return bytes
        }
    }
}
