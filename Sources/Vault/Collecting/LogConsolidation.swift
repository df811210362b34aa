internal import Model

/// Finds pieces of log that a longer one holds wholly.
enum LogConsolidation {
    /// A piece, and those that lie inside it.
    struct Group {
        let whole: ListedPiece
        let parts: [ListedPiece]
    }

    /// The groups of one epoch.
    ///
    /// A piece with exactly the positions of another is no part of it.
    ///
    /// - Complexity: O(n log n).
    static func groups(_ pieces: [ListedPiece]) -> [Group] {
        let sorted = pieces.sorted { left, right in
            (left.piece.from, right.piece.to, left.piece.short)
                < (right.piece.from, left.piece.to, right.piece.short)
        }
        var groups: [Group] = []
        var whole: ListedPiece?
        var parts: [ListedPiece] = []
        for present in sorted {
            if let whole, present.piece.to <= whole.piece.to {
                if present.piece.positions != whole.piece.positions { parts.append(present) }
                continue
            }
            if let whole, !parts.isEmpty { groups.append(Group(whole: whole, parts: parts)) }
            whole = present
            parts = []
        }
        if let whole, !parts.isEmpty { groups.append(Group(whole: whole, parts: parts)) }
        return groups
    }
}

extension LogPiece {
    /// What it covers.
    var positions: Range<UInt64> { from..<to }
}
