public import Model
public import ObjectStorage
internal import SystemIO

extension Vault {
    /// Remembers that some objects were read whole and found to be what their names promise, such as after they were mended.
    ///
    /// What is known of other objects stays as it is.
    ///
    /// - Parameters:
    ///   - names: the objects.
    ///   - started: when reading them began, by the clock of this host.
    ///   - author: who signs it.
    /// - Throws: what the store throws; `E-KEY-…` when the host is not enrolled.
    public func remember(
        verified names: [ObjectName],
        since started: Instant,
        by author: CheckRequest.Author
    ) async throws(Fault) {
        guard !names.isEmpty else { return }
        var record = CheckRecord(depth: .hashes, started: started)
        // No other name of a vault lies between a name and itself without its last digit.
        record.covered = names.sorted().map {
            NameRange(after: String($0.text.dropLast()), through: $0.text)
        }
        record.objects = names.count
        let now = author.clock.now()
        var history = try await checkHistory()
        history.add(newer: record, number: history.number + 1, at: now)
        record.open = history.openCount
        _ = try await publish(record, in: .checks, keys: author.keys, at: now)
    }
}
