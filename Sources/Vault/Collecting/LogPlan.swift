internal import Model
internal import ObjectStorage

/// Which pieces of the log of one stream may go.
struct LogPlan {
    let stream: StreamName
    /// Pieces that nothing needs any more.
    private(set) var past: [ListedPiece] = []
    /// Pieces that a longer one holds wholly.
    private(set) var covered: [LogConsolidation.Group] = []
    private(set) var kept = CollectionPlan.Amount()

    /// How much later than a piece the one that holds it may have been stored: consolidation follows soon, and who has taken
    /// over a host must not replace old log.
    private static let soon = Duration.seconds(30 * 86_400)

    /// Sorts the pieces of a stream.
    init(_ stream: StreamName, _ pieces: [ListedPiece], need: LogNeed?) {
        self.stream = stream
        var stays: [UInt32: [ListedPiece]] = [:]
        for present in pieces {
            let piece = present.piece
            let isNeeded =
                need?.needs(epoch: piece.epoch, piece.positions, stored: present.stored) ?? true
            if isNeeded {
                stays[piece.epoch, default: []].append(present)
                kept.add(piece.objectBytes)
            } else {
                past.append(present)
            }
        }
        for epoch in stays.keys.sorted() {
            for group in LogConsolidation.groups(stays[epoch] ?? []) {
                let parts = group.parts.filter {
                    group.whole.stored - $0.stored <= Self.soon
                }
                guard !parts.isEmpty else { continue }
                covered.append(LogConsolidation.Group(whole: group.whole, parts: parts))
                for part in parts {
                    kept.objects -= 1
                    kept.bytes -= part.piece.objectBytes
                }
            }
        }
    }

    /// The same without what some stretches say already.
    func without(_ known: [LogStretch]) -> LogPlan {
        let known = known.filter { $0.stream == stream }
        guard !known.isEmpty else { return self }
        let isNew = { (present: ListedPiece) in !known.contains { $0.covers(present.piece) } }
        var plan = self
        plan.past = past.filter(isNew)
        plan.covered = covered.compactMap { group in
            let parts = group.parts.filter(isNew)
            return parts.isEmpty ? nil : LogConsolidation.Group(whole: group.whole, parts: parts)
        }
        return plan
    }

    /// The longest piece of the log of Redis that others may go for.
    private static let longest: UInt64 = 32 << 20

    private static func isOneSegment(_ whole: LogPiece, _ head: LogHead) -> Bool {
        if head.kind == .redis { return whole.to - whole.from <= longest }
        guard let segment = UInt64(head.facts["segment_bytes"] ?? ""),
            segment.nonzeroBitCount == 1
        else { return false }
        return whole.from / segment == (whole.to - 1) / segment
    }

    /// The stretches of what nothing needs.
    var pastStretches: [LogStretch] {
        LogStretch.joined(
            past.map { LogStretch(stream: stream, epoch: $0.piece.epoch, $0.piece.positions) }
        )
    }

    /// The stretches that one piece holds, each of which has been read whole and is the log of one segment, or of Redis not much longer
    /// than its pieces get.
    ///
    /// A piece that is not what it should be holds nothing for others.
    ///
    /// - Throws: what the store throws.
    func coveredStretches(_ vault: Vault) async throws(Fault) -> [LogStretch] {
        var stretches: [LogStretch] = []
        for group in covered {
            let whole = group.whole.piece
            do throws(Fault) {
                guard let name = VaultName(group.whole.name) else { continue }
                let (_, head) = try await vault.verifiedLog(name, whole, stream: stream)
                guard Self.isOneSegment(whole, head) else { continue }
                stretches.append(
                    LogStretch(
                        stream: stream,
                        epoch: whole.epoch,
                        whole.positions,
                        by: whole.short
                    )
                )
            } catch
                where error.code.disposition == .corrupt || error.code == .objectMissing
            { continue }
        }
        return stretches
    }
}
