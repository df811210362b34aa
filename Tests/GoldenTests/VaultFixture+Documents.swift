import Model
import TestKit
import Testing
import Vault

extension VaultFixture {
    /// Adds signed documents: a hold, what a collector saw and marked, what a check found.
    func addDocuments(_ expected: inout GoldenExpectation) async throws {
        let held = try #require(SnapshotID(expected.held))
        try await vault.hold(held, reason: "golden", until: nil, keys: keys, at: time)
        let rule = RetentionRule(keep: KeepPolicy(last: 1))
        _ = try await Collector(
            vault,
            keys: keys,
            rules: [stream: rule],
            clock: FixedClock(time)
        ).run()
        _ = try await check()
        expected.documents = try await vault.documentCounts()
    }
}

extension Vault {
    private struct AnyContent: Codable {}

    /// How many documents each folder has; none of them is refused.
    func documentCounts() async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for folder in DocumentFolder.allCases {
            let documents = try await documents(of: folder, as: AnyContent.self)
            #expect(documents.refused.isEmpty)
            counts[folder.rawValue] = documents.found.count
        }
        return counts
    }
}
