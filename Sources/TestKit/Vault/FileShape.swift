/// How a fixture stores a file; the first component of its path says it.
public enum FileShape: Sendable, Hashable {
    /// Cut at content-defined boundaries.
    case chunks
    /// The same, but blocks of zeros are holes.
    case sparse
    /// Page-mapped, with pages of this many bytes.
    case pages(Int)

    /// The size of the blocks that may be holes, in bytes.
    public static let holeBytes = 4096

    /// `pages/…` has pages of 8 KiB, `pages512/…` of 512 bytes, `sparse/…` has holes, all others are chunked.
    public init(path: String) {
        switch path.prefix(while: { $0 != "/" }) {
        case "pages": self = .pages(8192)
        case "pages512": self = .pages(512)
        case "sparse": self = .sparse
        default: self = .chunks
        }
    }
}
