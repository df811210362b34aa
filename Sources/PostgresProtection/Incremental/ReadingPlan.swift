package import Model
package import PostgresWire

/// What a backup reads of the files, and why: a value that is told before anything is read.
package enum ReadingPlan: Sendable {
    /// Everything.
    case everything(ReadingFallback)
    /// What the log names, since the backup before began.
    case changes(BlockMap, since: Instant)

    /// Ranges with at most so many unchanged pages between them are read as one: asking costs more than reading them.
    package static let joining: UInt32 = 15

    private static let page = Int64(PageChecksum.pageSize)

    /// Whether everything is read.
    package var isWhole: Bool {
        if case .everything = self { true } else { false }
    }

    /// Which ranges of each file are read.
    ///
    /// `prior`: a file as the backup before copied it; nil when it had no such file.
    package func choice(prior: @escaping (String) -> PriorFile?) -> RangeChoice {
        guard case .changes(let map, _) = self else { return .everything }
        return RangeChoice { file in Self.ranges(of: file, map, prior) }
    }

    private static func ranges(
        of file: ListedFile,
        _ map: BlockMap,
        _ prior: (String) -> PriorFile?
    ) -> [Range<Int64>] {
        guard file.size > 0 else { return [] }
        let known = prior(file.path)
        let reading = map.reading(
            path: file.path,
            size: UInt64(file.size),
            prior: known?.size,
            joining: joining
        )
        guard case .blocks(let changed) = reading, let known else { return [0..<file.size] }
        let pages = Int(file.size / page)
        var ranges: [Range<Int>] = []
        func add(_ range: Range<Int>) {
            guard !range.isEmpty else { return }
            if let last = ranges.last, range.lowerBound - last.upperBound <= Int(joining) {
                ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                ranges.append(range)
            }
        }
        var next = 0
        for range in changed.map({ Int($0.lowerBound)..<Int($0.upperBound) }) + [pages..<pages] {
            if next < range.lowerBound { known.missing(next..<range.lowerBound).forEach(add) }
            add(range)
            next = range.upperBound
        }
        return ranges.map { Int64($0.lowerBound) * page..<Int64($0.upperBound) * page }
    }

    /// The plan in words, of files that have `whole` bytes and of which `planned` are read.
    package func text(planned: ByteCount, of whole: ByteCount) -> String {
        switch self {
        case .everything(let fallback): "reads everything: \(fallback.text)"
        case .changes(_, let since):
            "reads \(planned) of \(whole): the log names what changed since \(since.rfc3339(digits: 0))"
        }
    }
}
