import SystemIO

/// The files that were written to last, kept open up to a limit.
struct OpenFiles {
    final class OpenFile {
        let descriptor: Descriptor
        fileprivate var lastUse: UInt64

        fileprivate init(_ descriptor: consuming Descriptor, lastUse: UInt64) {
            self.descriptor = descriptor
            self.lastUse = lastUse
        }
    }

    private let limit: Int
    private var files: [TreePath: OpenFile] = [:]
    private var clock: UInt64 = 0

    init(limit: Int) {
        precondition(limit > 0, "a file must be open to be written")
        self.limit = limit
    }

    mutating func file(_ path: TreePath) -> OpenFile? {
        guard let file = files[path] else { return nil }
        clock += 1
        file.lastUse = clock
        return file
    }

    @discardableResult
    mutating func insert(_ descriptor: consuming Descriptor, _ path: TreePath) -> OpenFile {
        if files.count >= limit, let oldest = files.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            files[oldest.key] = nil
        }
        clock += 1
        let file = OpenFile(descriptor, lastUse: clock)
        files[path] = file
        return file
    }

    mutating func remove(_ path: TreePath) { files[path] = nil }

    mutating func removeAll() { files = [:] }
}
