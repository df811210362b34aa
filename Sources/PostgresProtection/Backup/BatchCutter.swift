package import PostgresWire

/// Cuts listed files into batches: ranges of at most 1 MiB, and small files together.
package struct BatchCutter {
    /// The most that one range holds, and the most after which a batch is closed.
    package static let rangeBytes: Int64 = 1 << 20
    /// The most steps of a batch, or a few more: a small file has three.
    package static let stepLimit = 192

    private let choice: RangeChoice
    private var present = FetchBatch()
    private var ready: ArraySlice<FetchBatch> = []

    /// Cuts what is chosen.
    package init(choice: RangeChoice) { self.choice = choice }

    /// Adds a file; what it makes ready is taken before the next one.
    package mutating func add(_ file: ListedFile) {
        present.add(.begin(file))
        var next: Int64 = 0
        for range in choice.ranges(file) {
            keep(next..<range.lowerBound, of: file)
            next = range.upperBound
            for offset in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 20) {
                let length = min(Self.rangeBytes, range.upperBound - offset)
                // A whole MiB goes alone, so that batches stay of one size.
                if present.bytes > 0, present.bytes + Int(length) > Self.rangeBytes { close() }
                if present.steps.count >= Self.stepLimit { close() }
                present.add(
                    .read(FileRange(path: file.path, offset: offset, length: Int(length)))
                )
            }
        }
        keep(next..<file.size, of: file)
        present.add(.end)
        if present.steps.count >= Self.stepLimit { close() }
    }

    /// The next full batch; nil when none is full.
    package mutating func next() -> FetchBatch? { ready.popFirst() }

    /// What is left at the end.
    package mutating func last() -> FetchBatch? {
        close()
        return ready.popFirst()
    }

    private mutating func keep(_ range: Range<Int64>, of file: ListedFile) {
        guard !range.isEmpty else { return }
        if present.steps.count >= Self.stepLimit { close() }
        let length = Int(range.upperBound - range.lowerBound)
        present.add(.keep(FileRange(path: file.path, offset: range.lowerBound, length: length)))
    }

    private mutating func close() {
        guard !present.steps.isEmpty else { return }
        ready.append(present)
        present = FetchBatch()
    }
}
