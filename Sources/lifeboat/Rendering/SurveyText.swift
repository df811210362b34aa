import Console
import Model
import Vault

/// What `status` tells of the verification of a vault.
enum SurveyText {
    private static let largestList = 10

    static func lines(_ survey: VaultSurvey, at now: Instant, color: Bool) -> [String] {
        let mark = Styled("damage:", .red).rendered(color: color)
        let open = survey.history.open
        var lines = open.prefix(largestList).map {
            "\(mark) \(Styled.visible($0.object)): \(Styled.visible($0.fact))"
        }
        if open.count > largestList { lines.append("and \(open.count - largestList) more") }
        guard let newest = survey.history.newest else {
            return lines + ["never verified: lifeboat check"]
        }
        var text = "verified: \(share(survey)) of \(survey.bytes), last \(age(newest, now))"
        if let since = survey.history.wholeSince { text += ", all of it since \(age(since, now))" }
        return lines + [text]
    }

    private static func age(_ time: Instant, _ now: Instant) -> String {
        "\(TimeEcho.text(time)) (\(DurationText.text(now - time)) ago)"
    }

    /// Rounded down: what is not all is not shown as all.
    private static func share(_ survey: VaultSurvey) -> String {
        guard survey.bytes.bytes > 0 else { return "100 %" }
        let tenths = Int(Double(survey.verified.bytes) / Double(survey.bytes.bytes) * 1000)
        return tenths == 1000 ? "100 %" : "\(tenths / 10).\(tenths % 10) %"
    }

    static func value(_ survey: VaultSurvey) -> JSONValue {
        .object([
            JSONField("last", survey.history.newest.map { .time($0) } ?? .null),
            JSONField("whole_since", survey.history.wholeSince.map { .time($0) } ?? .null),
            JSONField("bytes", .bytes(survey.bytes)),
            JSONField("bytes_verified", .bytes(survey.verified)),
            JSONField("damage", .array(survey.history.open.map { CheckText.finding($0) })),
        ])
    }
}
