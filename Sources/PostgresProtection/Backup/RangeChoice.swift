package import PostgresWire

/// Which ranges of each file are read; what is not read must be known otherwise.
package struct RangeChoice {
    /// The ranges of a listed file, in order, within its size.
    package let ranges: (ListedFile) -> [Range<Int64>]

    /// Chooses by a rule.
    package init(ranges: @escaping (ListedFile) -> [Range<Int64>]) {
        self.ranges = ranges
    }

    /// Every byte of every file.
    package static var everything: RangeChoice {
        RangeChoice { file in file.size > 0 ? [0..<file.size] : [] }
    }
}
