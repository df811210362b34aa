package import Model

/// Takes apart what an engine sends of a program's output.
///
/// ```
/// 1 byte: 1 = standard output, 2 = standard error │ 3 bytes: 0 │ 4 bytes: length, big-endian │ the bytes
/// ```
package struct StreamFrames {
    /// Some bytes of one of the two.
    package struct Piece: Hashable {
        /// Whether they are of standard error.
        package let isError: Bool
        /// The bytes.
        package let bytes: ArraySlice<UInt8>
    }

    private var header: [UInt8] = []
    private var isError = false
    private var rest = 0

    /// Begins before the first frame.
    package init() {}

    /// Whether nothing of a frame is missing.
    package var isWhole: Bool { header.isEmpty && rest == 0 }

    /// Takes in what came, and gives what of it the program wrote.
    ///
    /// - Throws: `E-ENGINE-REFUSED` when the bytes are in another form.
    package mutating func add(_ bytes: [UInt8]) throws(Fault) -> [Piece] {
        var pieces: [Piece] = []
        var left = bytes[...]
        while !left.isEmpty {
            if rest == 0 {
                header.append(left.removeFirst())
                if header.count == 8 { try begin() }
                continue
            }
            let piece = left.prefix(rest)
            pieces.append(Piece(isError: isError, bytes: piece))
            rest -= piece.count
            left = left.dropFirst(piece.count)
        }
        return pieces
    }

    private mutating func begin() throws(Fault) {
        guard header[0] <= 2, header[1...3].allSatisfy({ $0 == 0 }) else {
            throw Fault(
                .engineRefused,
                "unable to read what a program writes: the engine sends it in another form"
            )
        }
        isError = header[0] == 2
        rest = header[4...].reduce(0) { $0 << 8 | Int($1) }
        header = []
    }
}
