import Model

/// Numbers and times as the demonstration shows them.
enum DemoText {
    /// `120,734`.
    static func number(_ number: some BinaryInteger) -> String {
        let digits = String(number)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0, digit.isNumber, text.last != "-" {
                text.append(",")
            }
            text.append(digit)
        }
        return text
    }

    /// `1.3 s`.
    static func seconds(_ duration: Duration) -> String {
        let parts = duration.components
        let tenths =
            (parts.seconds * 10) + (parts.attoseconds + 50_000_000_000_000_000)
            / 100_000_000_000_000_000
        return "\(tenths / 10).\(abs(tenths % 10)) s"
    }
}
