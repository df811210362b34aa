extension BlockMap {
    /// What must be read of a file.
    ///
    /// The map must cover the log from the start of the backup before to the start of this one, and
    /// have no ``doubt``.
    ///
    /// - Parameters:
    ///   - path: The file below the data directory.
    ///   - size: Its size in this backup.
    ///   - prior: How many bytes of it the backup before really copied; nil when it had no such
    ///     file.
    ///   - joining: Ranges with at most so many unchanged blocks between them are read as one.
    /// - Returns: All of it and why, or the ranges.
    public func reading(
        path: String,
        size: UInt64,
        prior: UInt64?,
        joining: UInt32
    ) -> FileReading {
        guard let file = RelationFile(path: path) else { return .whole(.otherFile) }
        guard file.fork == .main else { return .whole(.otherFork) }
        let id = RelationID(file)
        guard !databases.contains(id.directory) else { return .whole(.databaseReplaced) }
        let page = UInt64(PageChecksum.pageSize)
        guard let prior else { return .whole(.new) }
        let largest = UInt64(RelationFile.pagesPerSegment) * page
        guard size % page == 0, prior % page == 0, size <= largest, prior <= largest else {
            return .whole(.oddLength)
        }
        let changed = relation(id)
        let limit = changed?.limit ?? .max
        guard limit > 0 else { return .whole(.new) }
        let first = file.firstBlock
        let pages = UInt32(size / page)
        // The very last segment would end one block after the largest number.
        var known = min(pages, UInt32(prior / page), .max - first)
        if limit <= first { known = 0 } else { known = min(known, limit - first) }
        var ranges: [Range<UInt32>] = []
        func add(_ range: Range<UInt32>) {
            if let last = ranges.last, range.lowerBound - last.upperBound <= joining {
                ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
            } else {
                ranges.append(range)
            }
        }
        changed?.blocks.forEachRun(in: first..<first + known) {
            add($0.lowerBound - first..<$0.upperBound - first)
        }
        if known < pages { add(known..<pages) }
        return .blocks(ranges)
    }
}
