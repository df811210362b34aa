package import Model
package import PostgresWire

/// What a backup reads of the files, and why: a value that is printed before anything is read.
package enum ReadingPlan: Sendable {
    /// Everything.
    case everything(ReadingFallback)
    /// What the log names, since the backup before began.
    case changes(BlockMap, since: Instant)

    /// Ranges with at most so many unchanged pages between them are read as one: asking costs more than reading them.
    package static let joining: UInt32 = 15

    /// Which ranges of each file are read.
    ///
    /// `prior`: how many bytes of a file the backup before copied; nil when it had no such file, or its pages cannot be
    /// kept.
    package func choice(
        prior: @escaping @Sendable (String) -> UInt64?
    ) -> RangeChoice {
        guard case .changes(let map, _) = self else { return .everything }
        return RangeChoice { file in
            guard file.size > 0 else { return [] }
            let reading = map.reading(
                path: file.path,
                size: UInt64(file.size),
                prior: prior(file.path),
                joining: Self.joining
            )
            switch reading {
            case .whole: return [0..<file.size]
            case .blocks(let ranges):
                let page = Int64(PageChecksum.pageSize)
                return ranges.map { Int64($0.lowerBound) * page..<Int64($0.upperBound) * page }
            }
        }
    }

    /// The plan in words, of files that have `whole` bytes and of which `planned` are read.
    package func text(planned: ByteCount, of whole: ByteCount) -> String {
        switch self {
        case .everything(let fallback): "reads everything (\(whole)): \(fallback.text)"
        case .changes(_, let since):
            "reads \(planned) of \(whole): the log names what changed since \(since.rfc3339(digits: 0))"
        }
    }
}
