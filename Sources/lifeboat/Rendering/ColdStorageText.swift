import Console
import Model
import Recovery

/// Shows what a restore needs from cold storage, how long that takes and what it costs.
enum ColdStorageText {
    static func lines(_ cold: ColdStorage, color: Bool) -> [String] {
        let name = Styled(cold.copy, .bold).rendered(color: color)
        return [
            "Cold storage: \(cold.packs) packs, \(cold.bytes), of copy \(name) lie in \(cold.archive.rawValue)",
            "  - with --thaw: within \(cold.archive.wait(isUrgent: false)), about \(dollars(cold, isUrgent: false))",
            "  - with --thaw --urgent: within \(cold.archive.wait(isUrgent: true)), about \(dollars(cold, isUrgent: true))",
            "  - by AWS's prices, without traffic and \(ColdStorage.days) days of storage; what can be read already costs nothing again",
        ]
    }

    static func fields(_ cold: ColdStorage) -> [JSONField] {
        let ways: [JSONValue] = [false, true].map { isUrgent in
            .object([
                JSONField("urgent", .boolean(isUrgent)),
                JSONField("wait", .text(cold.archive.wait(isUrgent: isUrgent))),
                JSONField("us_dollars", .text(dollars(cold, isUrgent: isUrgent))),
            ])
        }
        return [
            JSONField("copy", .text(cold.copy)),
            JSONField("storage_class", .text(cold.archive.rawValue)),
            JSONField("packs", .integer(Int64(cold.packs))),
            JSONField("bytes", .bytes(cold.bytes)),
            JSONField("ways", .array(ways)),
        ]
    }

    private static func dollars(_ cold: ColdStorage, isUrgent: Bool) -> String {
        let cents = cold.archive.cents(
            objects: cold.packs,
            bytes: cold.bytes.bytes,
            isUrgent: isUrgent
        )
        let whole = Int64(cents.rounded(.up))
        let rest = whole % 100
        return "$\(whole / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
