extension Array where Element: Sendable {
    /// Maps every element, at most `width` at once; the results are in the order of the elements.
    func concurrentlyMapped<Value: Sendable>(
        width: Int,
        _ body: @Sendable (Element) async -> Value
    ) async -> [Value] {
        await withoutActuallyEscaping(body) { body in
            await withTaskGroup(of: (Int, Value).self) { group in
                var values: [Int: Value] = [:]
                for (index, element) in enumerated() {
                    if index >= width, let (done, value) = await group.next() {
                        values[done] = value
                    }
                    group.addTask { (index, await body(element)) }
                }
                for await (index, value) in group { values[index] = value }
                return indices.compactMap { values[$0] }
            }
        }
    }
}
