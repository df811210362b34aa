/// How sealed objects hide their exact lengths (`Docs/format`, section 4).
enum Padding {
    /// The padded length of an object of `length` bytes: the Padmé rule up to a grid of 64 KiB.
    static func padded(_ length: Int) -> Int {
        let exponent = Int.bitWidth - 1 - length.leadingZeroBitCount
        let bits = Int.bitWidth - exponent.leadingZeroBitCount
        let grid = min(65_536, 1 << max(0, exponent - bits))
        return (length + grid - 1) / grid * grid
    }
}
