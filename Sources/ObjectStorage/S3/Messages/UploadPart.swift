import Crypto

/// Bytes to send: a part of an array that is shared, not copied.
struct UploadPart: Sendable {
    let bytes: [UInt8]
    let range: Range<Int>
    /// The SHA-256 of them.
    let digest: [UInt8]

    /// Nothing.
    init() { self.init([]) }

    /// A whole array.
    init(_ bytes: [UInt8]) { self.init(bytes, bytes.indices) }

    /// A part of an array.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        self.range = range
        digest = Array(SHA256.hash(data: bytes[range]))
    }

    /// How many bytes it has.
    var count: Int { range.count }
}
