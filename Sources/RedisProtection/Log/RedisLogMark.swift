package import Model
internal import RedisWire

/// What was known at a moment: all that the server had sent by then, in whole commands.
package struct RedisLogMark: Sendable, Hashable {
    /// The position behind the last command, outside of any transaction.
    package let offset: UInt64
    /// When the last of it had been received, by this host's clock, to the millisecond.
    package let time: Instant

    /// Names a moment.
    package init(offset: UInt64, time: Instant) {
        self.offset = offset
        self.time = time
    }
}

/// The marks of a piece of log as its head records them.
///
/// ```
/// 120:1795883494375,33:1000,14:9998        bytes since the mark before, or the piece's first; milliseconds since it, or 1970
/// ```
package enum RedisLogMarks {
    /// More than any piece has.
    private static let most = 1 << 16
    /// The last millisecond that an instant can say, about.
    private static let latest: Int64 = 9_000_000_000_000

    /// Writes marks, ascending, of a piece that begins at a position.
    package static func text(_ marks: some Sequence<RedisLogMark>, from: UInt64) -> String {
        var place = from
        var time: Int64 = 0
        var parts: [String] = []
        for mark in marks {
            parts.append("\(mark.offset - place):\(mark.time.milliseconds - time)")
            (place, time) = (mark.offset, mark.time.milliseconds)
        }
        return parts.joined(separator: ",")
    }

    /// Reads them; nil when the text is not of that form or leads out of the piece.
    package static func read(_ text: String, _ positions: ClosedRange<UInt64>) -> [RedisLogMark]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= most else { return nil }
        var marks: [RedisLogMark] = []
        var place = positions.lowerBound
        var time: Int64 = 0
        for part in parts {
            let numbers = part.split(separator: ":", omittingEmptySubsequences: false)
            guard numbers.count == 2, let bytes = UInt64(numbers[0]),
                let delay = Int64(numbers[1]), delay >= 0, bytes > 0,
                bytes <= positions.upperBound - place, delay <= latest - time
            else { return nil }
            place += bytes
            time += delay
            marks.append(
                RedisLogMark(offset: place, time: Instant(nanoseconds: time * 1_000_000))
            )
        }
        return marks
    }
}
