import Model

/// What some work throws, nil for nothing.
func fault(_ work: () async throws(Fault) -> Void) async -> Fault? {
    do throws(Fault) {
        try await work()
        return nil
    } catch { return error }
}
