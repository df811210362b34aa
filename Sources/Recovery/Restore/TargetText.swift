public import Model

/// Reads the moments that people write.
///
/// | text | moment |
/// |---|---|
/// | `latest` | the newest there is |
/// | `2026-11-23T13:58:00+02:00`, `…Z` | RFC 3339; a space may stand for the `T` |
/// | `2026-11-23 13:58`, `… 13:58:07.5` | the same without a zone: by the clock on the wall |
/// | `90s ago`, `2h ago`, `1d12h ago` | before now |
/// | `lsn:2/9A3F1C8` | a position of PostgreSQL's log |
/// | `xid:7431` | the end of a transaction of PostgreSQL |
/// | `mark:before-migration` | a named restore point of PostgreSQL |
/// | `immediate` | the end of PostgreSQL's newest base backup |
public enum TargetText {
    /// Reads a text.
    ///
    /// - Parameters:
    ///   - text: the text.
    ///   - now: the present moment.
    ///   - offset: how far east of UTC the clock on the wall is at a moment, in seconds.
    /// - Returns: the moment.
    /// - Throws: `E-TARGET-FORM`.
    public static func parse(
        _ text: String,
        now: Instant,
        offset: (Instant) -> Int
    ) throws(Fault) -> RecoveryTarget {
        if text == "latest" { return .latest }
        if text == "immediate" { return .consistent }
        if text.hasPrefix("xid:") {
            // 0, 1 and 2 are no transactions that end.
            guard let number = UInt32(text.dropFirst(4)), number > 2 else {
                throw refusal(text, "it is no transaction's number", "Write it like xid:7431.")
            }
            return .transaction(number)
        }
        if text.hasPrefix("mark:") {
            // The server's names are of at most 63 bytes.
            guard (1...63).contains(text.utf8.count - 5) else {
                throw refusal(text, "it is no mark's name", "Write it like mark:before-migration.")
            }
            return .mark(String(text.dropFirst(5)))
        }
        if text.hasPrefix("lsn:") {
            guard let lsn = LSN(text.dropFirst(4)) else {
                throw refusal(text, "it is no log position", "Write it like lsn:2/9A3F1C8.")
            }
            return .lsn(lsn)
        }
        if text.hasSuffix(" ago") {
            guard let duration = duration(text.dropLast(4)) else {
                throw refusal(
                    text,
                    "it is no span of time",
                    "Write it like 90s ago, 2h ago, 1d ago."
                )
            }
            return .time(now - duration)
        }
        if let moment = Instant(rfc3339: text) { return .time(moment) }
        if let moment = local(text, offset: offset) { return .time(moment) }
        if Instant(rfc3339: text + "T00:00:00Z") != nil {
            throw refusal(text, "it is a day, and has no time", "Write \(text) 13:58, for example.")
        }
        throw refusal(
            text,
            "it is no moment",
            "Write 2026-11-23T13:58:00Z, 2026-11-23 13:58 (local time), 2h ago, latest, lsn:2/9A3F1C8, xid:7431, mark:NAME or immediate."
        )
    }

    /// The sum of numbers with units, the units falling: `1d12h`; nil for anything else, or for
    /// more than a century.
    private static func duration(_ text: Substring) -> Duration? {
        let units: [(Character, Int64)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]
        var rest = text
        var seconds: Int64 = 0
        var place = 0
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            guard (1...9).contains(digits.count), let number = Int64(digits),
                let unit = rest.first,
                let index = units[place...].firstIndex(where: { $0.0 == unit })
            else { return nil }
            seconds += number * units[index].1
            place = index + 1
            rest = rest.dropFirst()
        }
        let century: Int64 = 36_525 * 86_400
        return text.isEmpty || seconds > century ? nil : .seconds(seconds)
    }

    /// A moment by the clock on the wall; the seconds may be left out.
    private static func local(_ text: String, offset: (Instant) -> Int) -> Instant? {
        guard let naive = Instant(rfc3339: text + "Z") ?? Instant(rfc3339: text + ":00Z") else {
            return nil
        }
        // The offset depends on the moment that is looked for: taking it twice is right except
        // within a change of clocks.
        let near = naive - .seconds(offset(naive))
        return naive - .seconds(offset(near))
    }

    private static func refusal(_ text: String, _ fact: String, _ hint: String) -> Fault {
        Fault(
            .targetForm,
            "unable to read time '\(text)': \(fact)",
            hints: [hint]
        )
    }
}
