// RFC 3339 text. The calendar arithmetic is Howard Hinnant's `days_from_civil` and `civil_from_days`
// (https://howardhinnant.github.io/date_algorithms.html). Foundation's formatter keeps only milliseconds,
// and recovery targets need the server's microseconds.
extension Instant {
    /// Reads an RFC 3339 date-time with a zone (`2026-11-23T14:05:31.204Z`, `…+02:00`, a space for the `T` allowed);
    /// nil when it is anything else.
    public init?(rfc3339 text: some StringProtocol) {
        var rest = Substring(text)
        func number(_ digits: Int, _ range: ClosedRange<Int64>) -> Int64? {
            let head = rest.prefix(digits)
            guard head.utf8.count == digits, head.utf8.allSatisfy({ (48...57).contains($0) }),
                let value = Int64(head), range.contains(value)
            else { return nil }
            rest = rest.dropFirst(digits)
            return value
        }
        func skip(_ choices: String) -> Character? {
            guard let first = rest.first, choices.contains(first) else { return nil }
            rest = rest.dropFirst()
            return first
        }
        guard let year = number(4, 1678...2261), skip("-") != nil, let month = number(2, 1...12),
            skip("-") != nil, let day = number(2, 1...Self.days(inMonth: month, of: year)),
            skip("Tt ") != nil, let hour = number(2, 0...23), skip(":") != nil,
            let minute = number(2, 0...59), skip(":") != nil, let second = number(2, 0...60)
        else { return nil }
        var fraction: Int64 = 0
        if skip(".") != nil {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            guard (1...9).contains(digits.count), let value = Int64(digits) else { return nil }
            fraction = (digits.count..<9).reduce(value) { scaled, _ in scaled * 10 }
            rest = rest.dropFirst(digits.count)
        }
        var offset: Int64 = 0
        switch skip("Zz+-") {
        case "+", "-":
            let sign: Int64 = text.contains("+") ? 1 : -1
            guard let hours = number(2, 0...23), skip(":") != nil, let minutes = number(2, 0...59)
            else { return nil }
            offset = sign * (hours * 3600 + minutes * 60)
        case nil: return nil
        default: break
        }
        guard rest.isEmpty else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        self.init(
            nanoseconds: (days * 86_400 + hour * 3600 + minute * 60 + second - offset)
                * 1_000_000_000
                + fraction
        )
    }

    /// RFC 3339 in UTC with as many digits after the second as `digits` says (0 to 9), cut, not rounded.
    public func rfc3339(digits: Int = 3) -> String {
        let (second, nano) = Self.floor(nanoseconds, by: 1_000_000_000)
        let (day, time) = Self.floor(second, by: 86_400)
        let date = Self.civil(days: day)
        var text = "\(date.year)-\(Self.padded(date.month))-\(Self.padded(date.day))T"
        text += [time / 3600, time / 60 % 60, time % 60].map { Self.padded($0) }.joined(
            separator: ":"
        )
        if digits > 0 { text += "." + Self.padded(nano, 9).prefix(digits) }
        return text + "Z"
    }

    /// RFC 3339 in UTC with 3, 6 or 9 digits after the second, as many as it takes to be read back as the same moment.
    public var exactText: String {
        let digits = nanoseconds % 1_000_000 == 0 ? 3 : nanoseconds % 1_000 == 0 ? 6 : 9
        return rfc3339(digits: digits)
    }

    /// RFC 3339 in UTC, rounded up to a millisecond: for the earliest that somebody may choose, since a moment that is cut lies before it.
    public var earliestText: String {
        let (whole, rest) = Self.floor(nanoseconds, by: 1_000_000)
        return Instant(nanoseconds: (whole + (rest > 0 ? 1 : 0)) * 1_000_000).rfc3339()
    }

    static func padded(_ value: Int64, _ width: Int = 2) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floor(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * shifted + 2) / 5 + 1
        )
    }
}

extension Instant: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds.
    public var description: String { rfc3339() }
}
