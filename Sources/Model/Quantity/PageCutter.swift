/// Cuts bytes that come in pieces of any length into pages.
///
/// ```
/// cutter.add(piece)
/// while let page = cutter.next() { … }
/// …
/// if let last = cutter.last { … }         shorter than a page
/// ```
/// Pages are slices of the pieces, but for those that two pieces share. At most one page is held.
public struct PageCutter: Sendable {
    private let pageBytes: Int
    private var partial: [UInt8] = []
    private var rest: ArraySlice<UInt8> = []

    /// Cuts pages of this length, which must be positive.
    public init(pageBytes: Int) {
        precondition(pageBytes > 0, "a page has bytes")
        self.pageBytes = pageBytes
    }

    /// Takes the next piece; the pages of the one before must have been taken.
    public mutating func add(_ bytes: ArraySlice<UInt8>) {
        precondition(rest.isEmpty, "pages of the piece before are still here")
        rest = bytes
    }

    /// The next whole page; nil when more bytes are needed for one.
    public mutating func next() -> ArraySlice<UInt8>? {
        guard partial.isEmpty else {
            let missing = pageBytes - partial.count
            partial += rest.prefix(missing)
            rest = rest.dropFirst(missing)
            guard partial.count == pageBytes else { return nil }
            defer { partial = [] }
            return partial[...]
        }
        guard rest.count >= pageBytes else {
            partial = Array(rest)
            rest = []
            return nil
        }
        defer { rest = rest.dropFirst(pageBytes) }
        return rest.prefix(pageBytes)
    }

    /// What follows the last whole page; nil when nothing does.
    public var last: ArraySlice<UInt8>? { partial.isEmpty ? nil : partial[...] }
}
