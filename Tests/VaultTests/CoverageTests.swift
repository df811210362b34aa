import Model
import TestKit
import Testing
import Vault

/// What is said to be verified, against a model that remembers every name.
@Suite struct CoverageTests {
    private static let names = (0..<40).map { "log/\(Character(UnicodeScalar(UInt8(65 + $0))))x" }

    private func range(_ random: inout SeededGenerator) -> NameRange {
        var ends = [Int.random(in: 0...40, using: &random), Int.random(in: 0...40, using: &random)]
        ends.sort()
        let after = ends[0] == 0 ? "" : Self.names[ends[0] - 1]
        let through = ends[1] == 40 || ends[1] == ends[0] ? "" : Self.names[ends[1] - 1]
        return NameRange(after: after, through: through)
    }

    private func names(in range: NameRange) -> [String] {
        Self.names.filter {
            range.after < $0 && (range.through.isEmpty || $0 <= range.through)
        }
    }

    @Test func `newer and older ranges leave what a list of names would`() {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            var coverage = CheckCoverage()
            var model: [String: Instant] = [:]
            for step in 1...12 {
                let range = range(&random)
                let isNewer = Bool.random(using: &random)
                let time = Instant(seconds: isNewer ? 1000 + Int64(step) : 1000 - Int64(step))
                if isNewer {
                    coverage.replace(range, since: time)
                } else {
                    coverage.fill(range, since: time)
                }
                for name in names(in: range) where isNewer || model[name] == nil {
                    model[name] = time
                }
                for name in Self.names {
                    #expect(coverage.since(of: name) == model[name], "seed \(seed), \(name)")
                }
                if model.count < Self.names.count {
                    #expect(!coverage.isWhole, "seed \(seed)")
                }
            }
            coverage.fill(.everything, since: Instant(seconds: 1))
            #expect(coverage.isWhole)
        }
    }

    @Test func `nothing and half are not everything`() {
        var coverage = CheckCoverage()
        #expect(!coverage.isWhole)
        coverage.replace(NameRange(after: "", through: "m"), since: Instant(seconds: 2))
        #expect(!coverage.isWhole)
        coverage.replace(NameRange(after: "n", through: ""), since: Instant(seconds: 3))
        #expect(!coverage.isWhole)
        coverage.fill(NameRange(after: "a", through: "o"), since: Instant(seconds: 1))
        #expect(coverage.isWhole)
        #expect(coverage.oldest == Instant(seconds: 1))
        #expect(coverage.since(of: "m5") == Instant(seconds: 1))
    }
}
