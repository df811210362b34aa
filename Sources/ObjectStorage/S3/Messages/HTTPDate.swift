package import Model

/// The dates of HTTP headers: `Fri, 24 May 2013 00:00:00 GMT`.
package enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The moment that a header names; nil when it is anything else.
    package static func parse(_ text: some StringProtocol) -> Instant? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT",
            let month = months.firstIndex(of: String(words[2]))
        else { return nil }
        let number = String(month + 1)
        let padded = number.utf8.count == 1 ? "0" + number : number
        return Instant(rfc3339: "\(words[3])-\(padded)-\(words[1])T\(words[4])Z")
    }
}
