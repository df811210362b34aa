import Model

/// Writes values as YAML that this target reads back unchanged.
enum YAMLText {
    /// A value: plain where that is safe, else in double quotes; `$` doubled, since values are interpolated.
    static func scalar(_ text: String) -> String {
        let isPlain =
            !["", "null", "true", "false", "yes", "no", "on", "off"].contains(text.lowercased())
            && text.utf8.allSatisfy(isSafe) && !text.hasPrefix("-") && !text.hasSuffix(":")
            && !text.contains(": ")
        guard !isPlain else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "$": quoted += "$$"
            case _ where isPrintable(scalar): quoted.unicodeScalars.append(scalar)
            default:
                let bytes = (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> (24 - 8 * $0)) }
                quoted += "\\U" + Hexadecimal.encode(bytes)
            }
        }
        return quoted + "\""
    }

    /// A list on one line.
    static func list(_ texts: [String]) -> String {
        "[\(texts.map(scalar).joined(separator: ", "))]"
    }

    /// A mapping on one line, of values that are written already.
    static func mapping(_ entries: [(String, String?)]) -> String {
        let pairs = entries.compactMap { name, value in value.map { "\(name): \($0)" } }
        return "{\(pairs.joined(separator: ", "))}"
    }

    /// What is kept: `forever`, or the counts above zero by rule.
    static func keep(_ policy: KeepPolicy) -> String {
        guard !policy.forever else { return "forever" }
        let counts = [
            ("last", policy.last), ("hourly", policy.hourly), ("daily", policy.daily),
            ("weekly", policy.weekly), ("monthly", policy.monthly), ("yearly", policy.yearly),
        ]
        return mapping(counts.map { ($0, $1 > 0 ? "\($1)" : nil) })
    }

    /// Bytes a second in the largest binary unit that holds them exactly.
    static func rate(_ rate: ByteCount) -> String {
        for (unit, shift) in [("GiB/s", 30), ("MiB/s", 20), ("KiB/s", 10)]
        where rate.bytes.isMultiple(of: 1 << shift) {
            return "\(rate.bytes >> shift)\(unit)"
        }
        return "\(rate.bytes)B/s"
    }

    /// An amount of bytes in the largest unit that holds it exactly.
    static func size(_ size: ByteCount) -> String { String(rate(size).dropLast(2)) }

    /// A duration in the largest unit that holds it exactly.
    static func duration(_ duration: Duration) -> String {
        let parts = duration.components
        let milliseconds = parts.attoseconds / 1_000_000_000_000_000
        guard milliseconds == 0 else { return "\(parts.seconds * 1000 + milliseconds)ms" }
        for (unit, seconds) in [("d", Int64(86_400)), ("h", 3600), ("m", 60)]
        where parts.seconds.isMultiple(of: seconds) && parts.seconds > 0 {
            return "\(parts.seconds / seconds)\(unit)"
        }
        return "\(parts.seconds)s"
    }

    /// A comment: text on one line, without what ends a line, moves a cursor or is no YAML: a path in it may hold anything.
    static func comment(_ text: String) -> String {
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where isPrintable(scalar) { kept.append(scalar) }
        return "# \(String(kept))\n"
    }

    /// Whether a character may stand as itself; two beyond ASCII end lines, and some YAML has none of.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<32, 127..<160, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: false
        default: true
        }
    }

    private static func isSafe(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || "/._-:+".utf8.contains(byte)
    }
}
