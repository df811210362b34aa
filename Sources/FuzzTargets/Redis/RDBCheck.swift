import Model
import RedisWire

/// However an RDB is cut into pieces, it is read the same; what changes it keeps the rest.
enum RDBCheck {
    private static let moment = Instant(seconds: 1_700_000_000)
    private static let noChecksum = [UInt8](repeating: 0, count: 8)

    private struct Rewritten: Equatable {
        let bytes: [UInt8]
        let facts: RDBFacts
    }

    private struct Records: Equatable {
        var bytes: [UInt8] = []
        var starts: [Int] = []
    }

    static func check(_ input: [UInt8]) throws(CheckFailure) {
        try checkAsItIs(input)
        // Few changed inputs have the right checksum, but each may have none.
        guard input.count > 8, input.suffix(8) != noChecksum[...] else { return }
        try checkAsItIs(input.dropLast(8) + noChecksum)
    }

    private static func checkAsItIs(_ bytes: [UInt8]) throws(CheckFailure) {
        let facts = read(Cut.whole(bytes))
        let again = read(Cut.small(bytes))
        try require(facts == again, "in one piece \(facts), in small ones \(again)")
        try checkRewriting(bytes, facts.value)
        let records = cut(Cut.whole(bytes))
        let sameRecords = cut(Cut.small(bytes))
        try require(records.agrees(with: sameRecords), "records depend on the pieces")
        try require(records.value?.bytes ?? bytes == bytes, "cutting changed something")
        try require((records.value == nil) == (facts.value == nil), "cut, but not read: \(facts)")
        let keys = keys(Cut.whole(bytes))
        let sameKeys = Self.keys(Cut.small(bytes))
        try require(keys.agrees(with: sameKeys), "in one piece \(keys), in small ones \(sameKeys)")
        guard let keys = keys.value else { return }
        let total = facts.value?.total.keys
        try require(total == UInt64(keys.count), "\(keys.count) keys instead of \(facts)")
    }

    private static func checkRewriting(
        _ bytes: [UInt8],
        _ facts: RDBFacts?
    ) throws(CheckFailure) {
        let changes: [RDBExpiryChange] = [
            .keep, .shift(milliseconds: 3_600_123), .drop(after: 1_700_000_000_000),
        ]
        for change in changes {
            let outcome = rewrite(Cut.whole(bytes), change)
            let again = rewrite(Cut.small(bytes), change)
            try require(
                outcome.agrees(with: again),
                "\(change): in one piece \(outcome), in small ones \(again)"
            )
            if change == .keep {
                try require(outcome.value?.facts == facts, "kept: \(outcome) of \(facts as Any)")
                try require(outcome.value?.bytes ?? bytes == bytes, "keeping changed something")
            }
            guard let written = outcome.value else { continue }
            let reread = read(Cut.whole(written.bytes))
            try require(
                reread.value?.databases.mapValues(\.keys) == facts?.databases.mapValues(\.keys),
                "\(change): read as \(reread) instead of \(facts as Any)"
            )
        }
    }

    private static func read(_ pieces: [ArraySlice<UInt8>]) -> Outcome<RDBFacts> {
        Outcome { () throws(Fault) in
            var parser = RDBParser(countingExpiredBy: moment)
            for piece in pieces { try parser.feed(piece.span) }
            return try parser.finish()
        }
    }

    private static func rewrite(
        _ pieces: [ArraySlice<UInt8>],
        _ change: RDBExpiryChange
    ) -> Outcome<Rewritten> {
        Outcome { () throws(Fault) in
            var rewriter = RDBRewriter(change, countingExpiredBy: moment)
            var output: [UInt8] = []
            for piece in pieces { try rewriter.feed(piece, into: &output) }
            let facts = try rewriter.finish(into: &output)
            return Rewritten(bytes: output, facts: facts)
        }
    }

    private static func cut(_ pieces: [ArraySlice<UInt8>]) -> Outcome<Records> {
        Outcome { () throws(Fault) in
            var splitter = RDBSplitter(countingExpiredBy: nil)
            var records = Records()
            for piece in pieces {
                let (bytes, starts) = try splitter.feedRecords(Array(piece))
                records.starts += starts.map { records.bytes.count + $0 }
                records.bytes += bytes
            }
            _ = try splitter.finish()
            return records
        }
    }

    private static func keys(_ pieces: [ArraySlice<UInt8>]) -> Outcome<[RDBKey]> {
        Outcome { () throws(Fault) in
            var reader = RDBKeyReader(.keep) { _, _ in true }
            var keys: [RDBKey] = []
            for piece in pieces { keys += try reader.feed(piece) }
            _ = try reader.finish()
            return keys
        }
    }
}
