import TestKit
import Testing

/// What the executable says about itself.
@Suite(.ownThreads) struct HelpTests {
    @Test(arguments: [
        (["--help"], "lifeboat <subcommand>"), (["help", "restore"], "--at"),
        (["restore", "--help"], "--at"), (["key", "enrol", "--help"], "--kit"),
        (["backup", "-h"], "USAGE: lifeboat backup"),
    ])
    func `help is about what was asked`(words: [String], expected: String) async throws {
        let playground = try Playground()
        let ending = try await playground.run(words)
        #expect(ending.code == 0)
        #expect(ending.output.contains(expected), "\(ending.text)")
    }
}
