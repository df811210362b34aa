import Model

extension WALReader {
    /// Looks at the head of a page and prepares for what follows; gives what is wrong with it.
    mutating func judge(page: RawSpan, at start: UInt64, isFirst: Bool) -> WALStop.Reason? {
        let head = WALPageHeader(page)
        if head.magic == 0, head.position.value == 0 { return .unwritten }
        guard head.magic == version.rawValue, head.flags.isSubset(of: .all) else {
            return .pageFormat
        }
        guard head.position.value == start else { return .pagePosition }
        let isLong = page.byteCount == WALPageHeader.longSize
        guard head.flags.contains(.long) == isLong else { return .pageFormat }
        if isLong {
            let cluster = page.littleEndian(UInt64.self, at: 24)
            guard cluster == systemIdentifier ?? cluster,
                UInt64(page.littleEndian(UInt32.self, at: 32)) == segmentSize.bytes,
                UInt64(page.littleEndian(UInt32.self, at: 36)) == WALPageHeader.pageSize
            else { return .foreignPage }
        }
        guard head.timeline >= lastTimeline else { return .timelineBackwards }
        lastTimeline = head.timeline
        return follow(head, isFirst: isFirst)
    }

    /// Whether what the page begins with fits what came before it.
    private mutating func follow(_ head: WALPageHeader, isFirst: Bool) -> WALStop.Reason? {
        let continues = head.flags.contains(.continuation)
        if head.flags.contains(.overwrite) {
            // The rest of the record was never written; PostgreSQL says so in the record that
            // follows, and what was read of the broken one is forgotten.
            guard !continues else { return .pageFormat }
            stage = .start
            return nil
        }
        switch (stage, continues) {
        case (.record, true):
            let rest = gatheredLength - gathered
            return Int(head.remaining) == rest ? nil : .continuation
        case (.tail(let rest), true): return head.remaining == rest ? nil : .continuation
        case (.start, true):
            guard isFirst, head.remaining > 0 else { return .continuation }
            stage = .tail(head.remaining)
            return nil
        case (.record, false), (.tail, false): return .continuation
        case (.start, false), (.nothing, _): return nil
        }
    }
}
