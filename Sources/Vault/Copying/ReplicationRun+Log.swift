internal import Model
internal import ObjectStorage

extension ReplicationRun {
    /// Copies the log of one stream.
    func log(of stream: StreamName) async throws(Fault) {
        try target.checkWritable()
        try await ledger.refresh(target)
        try await listLogs(of: stream)
        try await copyLog { _ in }
    }

    /// Lists the log of both sides: of one stream, or of all.
    func listLogs(of wanted: StreamName? = nil) async throws(Fault) {
        let prefix = wanted.map { "log/\($0)/" } ?? "log/"
        try await source.store.list(prefix) { info in
            guard let name = VaultName(info.name), let stream = name.logStream else { return }
            sourceLog[stream, default: []].append(name)
        }
        try await listTargetLog(of: Set(sourceLog.keys))
    }

    /// Lists what the target now holds of the log of some streams.
    func listTargetLog(of streams: Set<StreamName>) async throws(Fault) {
        for stream in streams.sorted() {
            var names: Set<VaultName> = []
            try await target.store.list("log/\(stream)/") { info in
                if let name = VaultName(info.name), name.logStream == stream { names.insert(name) }
            }
            targetLog[stream] = names
        }
    }

    /// Copies all of the log that the target lacks and has not given up.
    ///
    /// Pieces that lie within a longer one come only when that one is damaged.
    func copyLog(_ progress: (ReplicationReport) -> Void) async throws(Fault) {
        for stream in sourceLog.keys.sorted() {
            let names = sourceLog[stream] ?? []
            let longest = Self.longest(names)
            let refused = try await copyLog(longest, of: stream, progress) {
                !self.ledger.gaveUp(log: $0)
            }
            guard !refused.isEmpty else { continue }
            let rest = names.filter { name in refused.contains { $0.covers(name) } }
            _ = try await copyLog(rest, of: stream, progress) { !self.ledger.gaveUp(log: $0) }
        }
    }

    /// Copies the histories of all timelines: without them no log of a later one can be used.
    func copyHistories(_ progress: (ReplicationReport) -> Void) async throws(Fault) {
        for stream in sourceLog.keys.sorted() {
            let histories = (sourceLog[stream] ?? []).filter { $0.logSpan == nil }
            _ = try await copyLog(histories, of: stream, progress) { _ in true }
        }
    }

    /// Copies the log that some snapshots need, also where the target gave it up before.
    func copyLog(
        for needs: [(stream: StreamName, span: LogSpan)],
        _ progress: (ReplicationReport) -> Void
    ) async throws(Fault) {
        for stream in Set(needs.map(\.stream)).sorted() {
            let spans = needs.filter { $0.stream == stream }.map(\.span)
            let names = (sourceLog[stream] ?? []).filter { name in
                guard let piece = name.logSpan else { return false }
                return spans.contains { $0.overlaps(piece) }
            }
            let refused = try await copyLog(Self.longest(names), of: stream, progress) { _ in true }
            guard !refused.isEmpty else { continue }
            let rest = names.filter { name in refused.contains { $0.covers(name) } }
            _ = try await copyLog(rest, of: stream, progress) { _ in true }
        }
    }

    /// Whether the target holds the log that a snapshot needs; when not, that is reported.
    func hasLog(_ need: LogSpan?, of snapshot: Snapshot) -> Bool {
        guard let need else { return true }
        let pieces = (targetLog[snapshot.id.stream] ?? []).lazy
            .filter { !self.ledger.condemns(log: $0) }
            .compactMap(\.logPiece)
            .filter { $0.epoch == need.epoch }
        let reach = LogCoverage(pieces).reach(from: need.from)
        guard reach ?? 0 < need.to else { return true }
        report.note(
            ReplicationReport.Finding(
                snapshot.id.description,
                "the log that it needs, \(LSN(need.from)) to \(LSN(need.to)), is not in '\(target.store.address)'"
            )
        )
        return false
    }

    /// Copies what the target lacks of some log objects of a stream; gives those that the source does not hold whole.
    private func copyLog(
        _ names: [VaultName],
        of stream: StreamName,
        _ progress: (ReplicationReport) -> Void,
        where isWanted: (VaultName) -> Bool
    ) async throws(Fault) -> [VaultName] {
        let missing = missing(names, of: stream, where: isWanted)
        var refused: [VaultName] = []
        try await transfer(missing) { name, outcome in
            switch outcome {
            case .copied:
                self.targetLog[stream, default: []].insert(name)
                self.report.logPieces += 1
            case .refused: refused.append(name)
            case .failed: break
            }
            progress(self.report)
        }
        return refused
    }

    /// What the target lacks of some log objects of a stream.
    private func missing(
        _ names: [VaultName],
        of stream: StreamName,
        where isWanted: (VaultName) -> Bool
    ) -> [VaultName] {
        let present = targetLog[stream] ?? []
        return names.filter { name in
            !present.contains(name) && !ledger.condemns(log: name) && isWanted(name)
        }
    }

    /// How many log objects would be copied, when some snapshots need these parts of it.
    func missingLog(for needs: [(stream: StreamName, span: LogSpan)]) -> Int {
        sourceLog.reduce(0) { count, log in
            let spans = needs.filter { $0.stream == log.key }.map(\.span)
            let names = log.value.filter { name in
                guard !plan.choice.takesLog, let piece = name.logSpan else { return true }
                return spans.contains { $0.overlaps(piece) }
            }
            let isWanted = { (name: VaultName) in
                !self.plan.choice.takesLog || !self.ledger.gaveUp(log: name)
            }
            return count + missing(Self.longest(names), of: log.key, where: isWanted).count
        }
    }

    /// The pieces that lie in no other one, and all histories.
    private static func longest(_ names: [VaultName]) -> [VaultName] {
        var longest = names.filter { $0.logSpan == nil }
        let pieces = names.compactMap { name in name.logSpan.map { (span: $0, name: name) } }
            .sorted {
                ($0.span.epoch, $0.span.from, $1.span.to) < (
                    $1.span.epoch, $1.span.from, $0.span.to
                )
            }
        var last: LogSpan?
        for piece in pieces {
            if let last, last.epoch == piece.span.epoch, piece.span.to <= last.to { continue }
            longest.append(piece.name)
            last = piece.span
        }
        return longest
    }
}
