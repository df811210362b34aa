/// A relation file as the backup before copied it.
package struct PriorFile {
    /// How many bytes of it were copied.
    package let size: UInt64
    /// Those of some of its pages that cannot be kept, and are read again.
    package let missing: (Range<Int>) -> [Range<Int>]

    /// Puts one together.
    package init(size: UInt64, missing: @escaping (Range<Int>) -> [Range<Int>]) {
        self.size = size
        self.missing = missing
    }
}
