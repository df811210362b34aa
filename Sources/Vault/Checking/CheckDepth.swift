/// How closely a check looks.
public enum CheckDepth: String, Sendable, Codable, CaseIterable, Comparable {
    /// Names, sizes, documents and heads: what should be there is there.
    case listing
    /// Every byte of every object is what its name commits to; needs no key.
    case hashes
    /// Every file of every snapshot and every piece of log is decoded as well; needs an identity.
    case deep

    /// Orders from the lightest to the deepest.
    public static func < (left: CheckDepth, right: CheckDepth) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .listing: 0
        case .hashes: 1
        case .deep: 2
        }
    }
}
