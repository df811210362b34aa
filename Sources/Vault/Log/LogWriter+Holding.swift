public import Model
internal import ObjectStorage
internal import Sealing

// What is there already, found out without a key that opens data: each head holds a tag of the plain bytes, which only this
// host can make.
extension LogWriter {
    /// What a vault holds of some log.
    ///
    /// Pieces that reach beyond the bytes at hand cannot be compared, and count as the same; those that other keys of this
    /// host signed count as not there, since another secret made their tags.
    ///
    /// Cost: the fewest heads that cover the bytes, a short read each.
    ///
    /// - Throws: `E-LOG-SOURCE` when a piece is of another source; what the store throws.
    public func holding(
        of input: LogInput,
        in index: LogIndex
    ) async throws(Fault) -> LogHolding {
        let reader = index.reader
        let there = index.pieces(epoch: input.epoch, from: input.from, to: input.to)
        var sweep = LogSweep(there)
        var position = input.from
        var isWhole = true
        while position < input.to {
            guard let piece = sweep.take(at: position) else {
                isWhole = false
                position = there.map(\.from).filter { $0 > position }.min() ?? input.to
                continue
            }
            switch try await agrees(piece, input, reader) {
            case true?: position = piece.to
            case false?: return .other(reader.name(of: piece).text)
            // Another piece may hold the position.
            case nil: continue
            }
        }
        return isWhole ? .whole : .lacking
    }

    /// What a vault holds of a timeline's history file.
    ///
    /// - Throws: `E-LOG-SOURCE` when it is of another source; what the store throws.
    public func holding(
        ofHistory input: LogInput,
        in reader: LogReader
    ) async throws(Fault) -> LogHolding {
        for short in reader.histories[input.epoch] ?? [] {
            let name = VaultName.history(stream, epoch: input.epoch, short: short)
            let piece = LogPiece(
                epoch: input.epoch,
                from: 0,
                to: 0,
                short: short,
                objectBytes: 18 << 20
            )
            do throws(Fault) {
                let (_, head) = try await reader.vault.verifiedLog(name, piece, stream: stream)
                try require(input, head.source)
                guard isOurs(head), head.tag != tag(of: input.bytes[...]) else { return .whole }
                return .other(name.objectName.text)
            } catch
                where error.code.disposition == .corrupt || error.code == .objectMissing
            { continue }
        }
        return .lacking
    }

    /// Whether a piece holds the same; nil when nobody can tell.
    private func agrees(
        _ piece: LogPiece,
        _ input: LogInput,
        _ reader: LogReader
    ) async throws(Fault) -> Bool? {
        let head: LogHead
        do throws(Fault) {
            head = try await reader.head(of: piece)
        } catch
            where error.code.disposition == .corrupt || error.code == .objectMissing
        { return nil }
        try require(input, head.source)
        guard piece.from >= input.from, piece.to <= input.to else { return true }
        guard isOurs(head) else { return nil }
        let (from, to) = (Int(piece.from - input.from), Int(piece.to - input.from))
        return head.tag == tag(of: input.bytes[from..<to])
    }

    private func isOurs(_ head: LogHead) -> Bool {
        head.by == keys.signing.verifyKey.description
    }

    private func tag(of bytes: ArraySlice<UInt8>) -> String {
        Hexadecimal.encode(tagger.tag(of: Array(bytes)))
    }
}
