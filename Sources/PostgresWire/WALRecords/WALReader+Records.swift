import Model

extension WALReader {
    /// Checks a whole record of `length` bytes, of which `record` is the beginning, and hands it
    /// out; `checksum` covers what follows its head, `position` is behind it.
    mutating func finish(
        _ record: RawSpan,
        length: Int,
        _ body: (WALRecord, Span<WALBlockReference>, RawSpan) -> Void
    ) {
        let previous = record.littleEndian(UInt64.self, at: 8)
        let info = record.littleEndian(UInt8.self, at: 16)
        let manager = record.littleEndian(UInt8.self, at: 17)
        let isLinked = lastRecord.map { $0 == previous } ?? (previous < recordStart)
        guard isLinked, version.hasResourceManager(manager) else {
            _ = halt(.recordHead, at: recordStart)
            return
        }
        checksum.update(record.extracting(0..<20))
        guard checksum.value == record.littleEndian(UInt32.self, at: 20) else {
            _ = halt(.checksum, at: recordStart)
            return
        }
        guard
            let layout = WALRecordLayout(
                record,
                length: length,
                version: version,
                into: &references
            )
        else {
            _ = halt(.recordContent, at: recordStart)
            return
        }
        lastRecord = recordStart
        var end = (position.value + 7) & ~7
        if manager == WALResourceManager.log.rawValue, info & 0xF0 == WALEffect.segmentSwitch {
            let rest = (segmentSize.bytes - position.value % segmentSize.bytes) % segmentSize.bytes
            end = position.value + rest
            stage = .nothing(until: end)
        }
        let value = WALRecord(
            start: LSN(recordStart),
            end: LSN(end),
            length: length,
            transaction: record.littleEndian(UInt32.self, at: 4),
            previous: LSN(previous),
            info: info,
            resourceManager: WALResourceManager(rawValue: manager),
            mainDataLength: layout.mainDataLength
        )
        let start = min(layout.mainDataStart, record.byteCount)
        body(value, references.span, record.extracting(start..<record.byteCount))
    }
}

extension [UInt8] {
    /// Adds the first bytes of a span, at most `count`.
    mutating func append(_ bytes: RawSpan, upTo count: Int) {
        let part = bytes.extracting(first: count)
        unsafe part.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }
}
