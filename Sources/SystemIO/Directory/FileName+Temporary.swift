import Model

extension FileName {
    /// What the names of temporary files begin with.
    public static let temporaryPrefix: [UInt8] = Array(".tmp-".utf8)

    /// A new name for a temporary file: `.tmp-` and 16 random hexadecimal digits.
    public static func temporary() -> FileName {
        guard let name = FileName(temporaryPrefix + Hexadecimal.encode(RandomBytes.make(8)).utf8)
        else {
            preconditionFailure("letters and digits make a name")
        }
        return name
    }

    /// Whether the name is one that ``temporary()`` makes.
    public var isTemporary: Bool { bytes.starts(with: Self.temporaryPrefix) }
}
