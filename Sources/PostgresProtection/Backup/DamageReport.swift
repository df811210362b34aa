/// The damaged pages of a backup, for people and for the snapshot's head.
struct DamageReport {
    /// More files than this are counted and not named.
    static let named = 20

    /// All damaged pages.
    let pages: Int
    /// One line a file: the relation, and which pages.
    let lines: [String]

    /// Names the relations of what was found.
    init(_ damage: [PageDamage], _ settings: PostgresSettings) {
        pages = damage.reduce(0) { $0 + $1.pages }
        let shown = damage.prefix(Self.named)
        let names = RelationNames(settings: settings).names(of: shown.map(\.path))
        lines = zip(shown, names).map { one, name in
            let blocks = one.blocks.map { String($0) }.joined(separator: ", ")
            let more = one.pages > one.blocks.count ? " …" : ""
            return "\(name): \(one.pages) \(one.pages == 1 ? "page" : "pages") (\(blocks)\(more))"
        }
    }

    /// What the snapshot's head says of it.
    var facts: [String: String] {
        var facts = ["damaged_pages": String(pages)]
        for (index, line) in lines.enumerated() { facts["damaged.\(index + 1)"] = line }
        return facts
    }
}
