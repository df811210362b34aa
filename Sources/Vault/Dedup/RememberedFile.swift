/// A page-mapped file of the snapshot before whose page ids this host remembers.
public struct RememberedFile: Sendable, Hashable {
    /// How many bytes of it were stored: whole pages.
    public let size: Int64
    /// The length of a page.
    public let pageBytes: Int
    /// Where its ids begin in the ``PageBook``.
    let first: Int

    /// How many pages it has.
    public var pages: Int { Int(size) / pageBytes }
}
