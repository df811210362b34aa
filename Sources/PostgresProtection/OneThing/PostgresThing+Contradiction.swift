extension PostgresThing {
    /// Why it makes no sense; nil when it does.
    var contradiction: String? {
        switch (subject, place) {
        case (.database, .table): return "a database does not become a table"
        case (.database, _) where condition != nil: return "a condition chooses rows of a table"
        case (.database(let name), _) where name.isEmpty: return "a database has a name"
        case (_, .database(let name)) where !(1...TableName.limit).contains(name.utf8.count):
            return "a name has 1 to \(TableName.limit) bytes"
        default: break
        }
        guard isDataOnly, place.isLive else { return nil }
        return
            "rows alone go to standard output or into a file; the live server gets them with a table of their own"
    }
}
