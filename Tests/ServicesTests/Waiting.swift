import Testing

/// Waits until something is so, which must come within five minutes.
func until(
    _ isSo: () async throws -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let limit = ContinuousClock.now + .seconds(300)
    while try await !isSo() {
        try #require(ContinuousClock.now < limit, sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(10))
    }
}
