internal import Model
internal import ObjectStorage

// Holes in the log, by the names of its pieces. What a base backup needs must be there. Another gap is no loss where its writer
// could not help it; where a kind has such only between its epochs, what is lacking inside of one was there.
extension VaultCheck {
    /// Looks for holes inside the epochs of each log that has none by itself.
    ///
    /// A head is read only on both sides of a hole.
    mutating func checkLog() async throws(Fault) {
        var row = LogRow()
        for index in 0..<inventory.logs.count {
            let (stream, piece, name) = inventory.logs[index]
            guard piece.to > 0 else { continue }
            guard counts(name) else {
                if misplaced[name.objectName.text] == nil {
                    refusedLog.add(stream, piece.epoch, piece.positions)
                }
                continue
            }
            if let hole = row.hole(before: piece, of: stream) {
                // Anybody may put rubbish behind the log, or before it.
                guard let kind = try await kind(of: piece, stream) else { continue }
                if !kind.isLogUnbroken {
                    row.leave()
                } else if let last = row.last, try await self.kind(of: last, stream) == kind {
                    try await judge(hole, before: piece, stream)
                }
            }
            row.take(piece, of: stream)
        }
    }

    /// Looks whether the log is there that base backups need themselves: a copy has it before it has them, and keeps it as
    /// long.
    mutating func checkBases() async throws(Fault) {
        guard !bases.isEmpty else { return }
        var held = LogRanges()
        for index in 0..<inventory.logs.count {
            let (stream, piece, name) = inventory.logs[index]
            guard piece.to > 0, counts(name) else { continue }
            held.add(stream, piece.epoch, piece.positions)
        }
        for (id, log) in bases where !forgotten.contains(id.description) {
            var rest = [log.start.value..<log.stop.value]
            rest = held.rest(of: rest, id.stream, log.epoch)
            guard !rest.isEmpty else { continue }
            // Snapshots are listed behind the log: it may have been stored in between.
            rest = try await heldNow(id.stream, log.epoch).rest(of: rest, id.stream, log.epoch)
            guard !rest.isEmpty else { continue }
            let fact = "the log that it needs, \(log.start) to \(log.stop), is not all there"
            note(id.description, fact, .listing)
            add(
                LogHole(
                    object: id.description,
                    fact: fact,
                    isDamage: true,
                    stream: id.stream,
                    epoch: log.epoch,
                    positions: rest
                )
            )
        }
    }

    /// Whether a piece is not known to count for nothing: a copy of another one, or what a revoked key signed, must hide no hole.
    private func counts(_ name: VaultName) -> Bool {
        distrusted.isEmpty || !distrusted.contains(name.objectName.text)
    }

    /// What kind of log a piece is; nil when its head cannot be trusted, or it is not there any more.
    private func kind(
        of piece: LogPiece,
        _ stream: StreamName
    ) async throws(Fault) -> ComponentKind? {
        do throws(Fault) {
            let signed = try await vault.signedHead(piece.name(in: stream))
            return try await vault.verifiedHead(signed, of: piece, stream: stream).kind
        } catch
            where error.code.disposition == .corrupt || error.code == .objectMissing
        { return nil }
    }

    /// Finds out what became of the log in a hole, and reports it unless a collection gave it up.
    ///
    /// It is damage when it is known that no other copy has it.
    private mutating func judge(
        _ hole: Range<UInt64>,
        before piece: LogPiece,
        _ stream: StreamName
    ) async throws(Fault) {
        let epoch = piece.epoch
        var rest = givenUp.rest(of: [hole], stream, epoch)
        guard !rest.isEmpty else { return }
        // What is stored while a vault is listed comes into the listing in any order.
        rest = try await heldNow(stream, epoch).rest(of: rest, stream, epoch)
        guard !rest.isEmpty else { return }
        let known = try await knownElsewhere()
        let asked = known ?? KnownLog()
        rest = asked.givenUp.rest(of: rest, stream, epoch)
        guard !rest.isEmpty else { return }
        let lost = asked.held.rest(of: rest, stream, epoch)
        // Who revokes a key gives up what it signed.
        let isRefused = !lost.isEmpty && refusedLog.rest(of: lost, stream, epoch).isEmpty
        let isDamage = !lost.isEmpty && !isRefused && known != nil && request.judgesHoles
        let object = piece.name(in: stream).text
        let lacking = "\(Self.text(rest)) of the log before it are not in this copy"
        let fact =
            if isDamage {
                "\(Self.text(lost)) of the log before it are gone, and no collection gave them up"
            } else if lost.isEmpty {
                "\(lacking), and in another one"
            } else if isRefused {
                "\(lacking) but by a revoked key, which counts for nothing"
            } else {
                "\(lacking); one that cannot be asked may hold them"
            }
        if isDamage { note(object, fact, .listing) }
        add(
            LogHole(
                object: object,
                fact: fact,
                isDamage: isDamage,
                stream: stream,
                epoch: epoch,
                positions: rest
            )
        )
    }

    private mutating func add(_ hole: LogHole) {
        if report.holes.count < CheckReport.largestList {
            report.holes.append(hole)
        } else if !hole.isDamage {
            // The finding of one that is damage is counted by itself.
            report.omitted += 1
        }
    }

    /// What other copies hold and gave up, asked for once, after this one was listed; nil when one of them cannot tell.
    private mutating func knownElsewhere() async throws(Fault) -> KnownLog? {
        if let elsewhere { return try? elsewhere.get() }
        do throws(Fault) {
            let known = try await request.logElsewhere()
            elsewhere = .success(known)
            return known
        } catch {
            if error.code == .cancelled { throw error }
            elsewhere = .failure(error)
            return nil
        }
    }

    /// What the copy holds of an epoch now; one listing for all holes of an epoch, which lie one behind the other.
    private mutating func heldNow(
        _ stream: StreamName,
        _ epoch: UInt32
    ) async throws(Fault) -> LogRanges {
        if let relisted, relisted.stream == stream, relisted.epoch == epoch { return relisted.held }
        var held = LogRanges()
        try await vault.store.list("log/\(stream)/\(VaultName.padded(UInt64(epoch), 8, 16))/") {
            info in
            guard let name = VaultName(info.name), let span = name.logSpan, counts(name)
            else { return }
            held.add(stream, epoch, span.from..<span.to)
        }
        relisted = (stream, epoch, held)
        return held
    }

    private static func text(_ ranges: [Range<UInt64>]) -> String {
        let bytes = ranges.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) }
        let (from, to) = (ranges.first?.lowerBound ?? 0, ranges.last?.upperBound ?? 0)
        return "\(bytes) bytes, positions \(from) to \(to),"
    }
}
