internal import Model

/// A piece of log that was read, verified and decoded.
struct LogContent {
    let piece: LogPiece
    let head: LogHead
    let bytes: [UInt8]
}
