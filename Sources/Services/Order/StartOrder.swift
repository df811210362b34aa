/// Puts what is started after other things behind them.
enum StartOrder {
    /// The items in an order in which each stands behind what it is started after, else as they were given.
    ///
    /// - Parameters:
    ///   - items: the items, each name once.
    ///   - name: the name of one.
    ///   - after: the names of what it is started after; those of other things and its own count for nothing.
    /// - Returns: those that have a place, and those that need each other in a circle.
    static func sorted<Item>(
        _ items: [Item],
        name: (Item) -> String,
        after: (Item) -> [String]
    ) -> (placed: [Item], circle: [Item]) {
        var waiting = Set(items.map(name))
        var placed: [Item] = []
        var rest = items
        while let next = rest.firstIndex(where: { item in
            after(item).allSatisfy { $0 == name(item) || !waiting.contains($0) }
        }) {
            let item = rest.remove(at: next)
            waiting.remove(name(item))
            placed.append(item)
        }
        return (placed, rest)
    }
}
