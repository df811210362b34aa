internal import Model
internal import Sealing

/// A frame on its way: plain bytes and what they are made of.
struct PlainFrame: Sendable {
    /// The session's number of the frame.
    let number: UInt32
    let type: FrameType
    let bytes: [UInt8]
    let ids: [ContentID]
    let lengths: [UInt32]
    let advisor: CompressionAdvisor
}
