internal import Model
internal import PostgresWire
internal import SystemIO
internal import SystemPackage

/// Lets a server of this host replay a laid-out cluster to its target and promote it, and proves that it did.
struct RecoveryRun {
    let server: RecoveryServer
    let base: BaseRecord
    let log: LaidOutLog
    let state: FilePath
    /// Whether the original may still run somewhere.
    let isBeside: Bool

    private var folder: ClusterFolder { server.folder }
    private var recovery: RecoverySettings { server.recovery }

    /// What a recovery did.
    struct Result {
        /// The last transaction that was replayed.
        let lastTransaction: Instant?
        /// Where the last record begins that was replayed, or the one before which the server stopped.
        let lastRecord: LSN
        /// What happened, in words.
        let lines: [String]
    }

    /// Runs recovery to its end.
    ///
    /// After success the folder holds a cluster that has reached the target, was promoted and shut down.
    ///
    /// - Throws: `E-RECOVERY-FAILED` with the server's own words when it does not reach the target.
    func run() async throws(Fault) -> Result {
        let (log, status) = try await server.serve(logIn: state)
        guard log.isReady, status == .exited(0) else {
            throw failure(
                log.failure ?? "the server ended (\(status))",
                [
                    "The folder is as the server left it; restore again to another place or another point.",
                    "If the log needs a library of the server, restore with --no-recover and start a server with it.",
                ]
            )
        }
        let lastRecord = try reached(log)
        let control = try recovered()
        var lines = ["recovered with PostgreSQL \(base.major) to timeline \(control.timeline)"]
        lines.append(log.stopping ?? "log replayed to its end, \(lastRecord)")
        if let last = log.lastTransaction {
            lines.append("last transaction: \(last.rfc3339(digits: 6))")
        }
        return Result(
            lastTransaction: log.lastTransaction,
            lastRecord: lastRecord,
            lines: lines
        )
    }

    /// Whether the server stopped where it should; gives where the last record begins that it read.
    private func reached(_ log: RecoveryLog) throws(Fault) -> LSN {
        guard let lastRecord = log.lastRecord else {
            throw failure("the server does not say how far it replayed")
        }
        switch recovery.stop {
        case .end:
            if let stopping = log.stopping {
                throw failure("the server stopped before the end of the log: \(stopping)")
            }
            if let end = self.log.lastRecord, lastRecord < end {
                throw failure(
                    "the server replayed to \(lastRecord) only, of a log that goes to \(end)"
                )
            }
        case .time(let moment):
            guard log.stopping != nil else {
                throw failure("the server did not stop at the target")
            }
            let isBehind = log.lastTransaction.map {
                recovery.isInclusive ? $0 > moment : $0 >= moment
            }
            if isBehind == true, let last = log.lastTransaction {
                throw failure("a transaction of \(last), after the target, was replayed")
            }
        case .position(let position):
            // Where it stops before a record, it has read that one and names it.
            guard log.stopping != nil, lastRecord >= position else {
                throw failure("the server replayed to \(lastRecord) only")
            }
        case .consistent:
            guard log.stopping != nil else {
                throw failure("the server did not stop when it was consistent")
            }
        }
        return lastRecord
    }

    /// What the cluster's own file says when recovery in this folder has ended.
    private func recovered() throws(Fault) -> ControlFile {
        let control = try ControlFile(parsing: try folder.bytes(of: "global/pg_control"))
        var facts: [String] = []
        if String(control.systemIdentifier) != base.systemID { facts.append("another cluster") }
        if control.state != .shutDown { facts.append("not shut down") }
        if control.timeline <= recovery.timeline { facts.append("not promoted") }
        for name in ["recovery.signal", "standby.signal", "backup_label"]
        where try folder.contains(name) {
            facts.append("\(name) is still there")
        }
        guard facts.isEmpty else {
            throw failure(
                "the server ended well, but of the folder: \(facts.joined(separator: ", "))"
            )
        }
        return control
    }

    /// What a person must know before a server is started on the folder.
    ///
    /// - Throws: `E-CANCELLED`; that something cannot be found out is in the lines.
    func cautions() async throws(Fault) -> [String] {
        var lines = try await configurationCautions()
        guard isBeside else { return lines }
        do throws(Fault) {
            let names = try await enabledSubscriptions()
            guard !names.isEmpty else { return lines }
            lines.append(
                "careful: it has enabled subscriptions (\(names.joined(separator: ", "))): a server started on it takes their changes"
                    + " from the original; start it with max_logical_replication_workers=0 and disable them"
            )
        } catch  where error.code != .cancelled {
            lines.append("careful: whether it has subscriptions is not known: \(error.message)")
        }
        return lines
    }

    private func configurationCautions() async throws(Fault) -> [String] {
        guard try folder.contains("postgresql.conf") else {
            return ["it has no postgresql.conf: its configuration is kept elsewhere"]
        }
        do throws(Fault) {
            let configured = FilePath(try await server.configured("data_directory"))
            let here = try FileSystem.resolved(folder.path)
            let isThere = try FileSystem.followedStatus(configured) != nil
            if isThere, try FileSystem.resolved(configured) == here { return [] }
            return [
                "careful: its postgresql.conf says data_directory = '\(configured.displayed)': a server started with it runs"
                    + " there, not here; take the line out first"
            ]
        } catch  where error.code != .cancelled {
            return ["careful: its own configuration cannot be used here: \(error.message)"]
        }
    }

    private func enabledSubscriptions() async throws(Fault) -> [String] {
        let name = "pg_catalog.encode(pg_catalog.convert_to(subname::text, 'UTF8'), 'hex')"
        let names = try await server.text(
            "SELECT pg_catalog.string_agg(\(name), ' ') FROM pg_catalog.pg_subscription WHERE subenabled"
        )
        return (names ?? "").split { $0 == " " }.map { Self.text(hexadecimal: $0) }.sorted()
    }

    private static func text(hexadecimal digits: Substring) -> String {
        let values = digits.compactMap { $0.hexDigitValue }
        let bytes = stride(from: 0, to: values.count - 1, by: 2).map {
            UInt8(truncatingIfNeeded: values[$0] << 4 | values[$0 + 1])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func failure(_ fact: String, _ hints: [String] = []) -> Fault {
        Fault(
            .recoveryFailed,
            "unable to recover '\(folder.path.displayed)': \(fact)",
            hints: hints
        )
    }
}
