extension Range<Int> {
    /// The first number that fulfils a condition which every later one fulfils too; the end when none does.
    ///
    /// Places in an order are found by it, in about log2 n questions.
    func first(from isReached: (Int) -> Bool) -> Int {
        var (low, high) = (lowerBound, upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            if isReached(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
