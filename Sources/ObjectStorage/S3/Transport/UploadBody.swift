import NIOCore
import SystemIO

/// The bytes of a request in pieces, each copied only when the connection takes it and the limit lets it through.
struct UploadBody: AsyncSequence, Sendable {
    let part: UploadPart
    let pacer: Pacer?

    struct AsyncIterator: AsyncIteratorProtocol {
        private let bytes: [UInt8]
        private let pacer: Pacer?
        private var rest: Range<Int>

        init(_ part: UploadPart, _ pacer: Pacer?) {
            bytes = part.bytes
            rest = part.range
            self.pacer = pacer
        }

        mutating func next() async throws -> ByteBuffer? {
            guard !rest.isEmpty else { return nil }
            let piece = rest.prefix(pacer?.step ?? 256 << 10)
            rest = piece.upperBound..<rest.upperBound
            try await pacer?.pass(piece.count)
            return ByteBuffer(bytes: bytes[piece])
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(part, pacer) }
}
