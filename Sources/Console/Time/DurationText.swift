/// Shows a duration in the two units that matter.
public enum DurationText {
    /// `0.4s`, `12s`, `3m05s`, `2h07m`, `5d03h`.
    public static func text(_ duration: Duration) -> String {
        let parts = duration.components
        let seconds = parts.seconds
        guard seconds >= 0, parts.attoseconds >= 0 else { return "0s" }
        if seconds < 10 { return "\(seconds).\(parts.attoseconds / 100_000_000_000_000_000)s" }
        let pair = { (large: Int64, unit: String, small: Int64, smallUnit: String) in
            "\(large)\(unit)\(small < 10 ? "0" : "")\(small)\(smallUnit)"
        }
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<3600: return pair(seconds / 60, "m", seconds % 60, "s")
        case ..<86_400: return pair(seconds / 3600, "h", seconds % 3600 / 60, "m")
        default: return pair(seconds / 86_400, "d", seconds % 86_400 / 3600, "h")
        }
    }
}
