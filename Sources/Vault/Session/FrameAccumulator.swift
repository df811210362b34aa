internal import Model
internal import Sealing

/// Collects new pieces until they fill a frame.
struct FrameAccumulator {
    let type: FrameType
    /// A frame with this many plain bytes is complete.
    let limit: Int
    private var number: UInt32?
    private var bytes: [UInt8] = []
    private var ids: [ContentID] = []
    private var lengths: [UInt32] = []
    private var advisor = CompressionAdvisor()

    init(_ type: FrameType, limit: Int) {
        self.type = type
        self.limit = limit
    }

    /// Whether a piece would make the frame longer than its limit.
    func isFull(for length: Int) -> Bool { !bytes.isEmpty && bytes.count + length > limit }

    /// Adds a piece and tells the frame's number and the piece's start in it.
    mutating func append(
        _ piece: ArraySlice<UInt8>,
        id: ContentID,
        advisor: CompressionAdvisor,
        ledger: FrameLedger
    ) -> (frame: UInt32, start: Int) {
        if bytes.isEmpty {
            bytes.reserveCapacity(max(limit, piece.count))
            self.advisor = advisor
        }
        let frame = number ?? ledger.reserve()
        number = frame
        let start = bytes.count
        bytes.append(contentsOf: piece)
        ids.append(id)
        lengths.append(UInt32(piece.count))
        return (frame, start)
    }

    /// Hands the frame out; nil when there is none.
    mutating func take() -> PlainFrame? {
        guard let number else { return nil }
        let frame = PlainFrame(
            number: number,
            type: type,
            bytes: bytes,
            ids: ids,
            lengths: lengths,
            advisor: advisor
        )
        self = FrameAccumulator(type, limit: limit)
        return frame
    }
}
