public import Vault

extension ComponentKind {
    /// What a number of problems of a snapshot of this kind is: pages that were damaged at the source, or paths.
    public func problemText(_ count: Int) -> String {
        switch self {
        case .postgresql: "\(count) damaged \(count == 1 ? "page" : "pages")"
        default: "\(count) \(count == 1 ? "path" : "paths") could not be read"
        }
    }
}

extension Snapshot {
    /// Whether it is a base backup with pages that were damaged at the source.
    var hasDamagedPages: Bool { head.kind == .postgresql && head.problems > 0 }
}

extension SnapshotHead {
    /// What its problems are, and where.
    var problemText: String {
        let places = (1...20).compactMap { facts["damaged.\($0)"] }
        let text = kind.problemText(problems)
        return places.isEmpty ? text : "\(text): \(places.joined(separator: "; "))"
    }
}
