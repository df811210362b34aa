extension ByteCount {
    private static let units: [(name: String, bytes: Int64)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("PiB", 1 << 50),
        ("kB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("PB", 1_000_000_000_000_000), ("B", 1),
    ]

    /// Reads a whole number with its unit, such as `20GiB`, `500 MB` or `4096B`; nil when it is anything else, or beyond
    /// 2^63 bytes.
    public init?(_ text: some StringProtocol) {
        guard let unit = Self.units.first(where: { text.hasSuffix($0.name) }) else { return nil }
        var digits = text.dropLast(unit.name.count)
        if digits.last == " " { digits = digits.dropLast() }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = Int64(digits)
        else { return nil }
        let (bytes, isOver) = number.multipliedReportingOverflow(by: unit.bytes)
        guard !isOver else { return nil }
        self.init(bytes)
    }
}
