internal import Model
internal import ObjectStorage
internal import Sealing

/// By what a revocation lists an object: the first 32 digits of the SHA-256 of its whole name.
///
/// The name says of which stream an object is, its number or place there, and the hash of its bytes; the object signs the
/// same. The hash alone, of which a name has 64 bits, would be any of a hundred thousand that who has the key need meet.
struct ObjectMark: Hashable, Sendable {
    private let value: UInt128

    /// The mark of an object.
    init(_ name: ObjectName) {
        value = Hashing.sha256(Array(name.text.utf8)).bytes.prefix(16).reduce(0) {
            $0 << 8 | UInt128($1)
        }
    }

    /// Reads a mark; nil when the text is none.
    init?(_ text: String) {
        guard text.utf8.count == 32, let bytes = Hexadecimal.decode(text) else { return nil }
        value = bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// The mark as a revocation has it.
    var text: String {
        Hexadecimal.encode(
            stride(from: 120, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
        )
    }
}
