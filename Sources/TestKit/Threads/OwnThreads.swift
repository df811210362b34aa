internal import SystemIO
public import Testing

/// Runs tests on threads of their own, beside the pool that Swift shares among all tasks.
///
/// Starting servers and waiting for programs blocks. The shared pool has as many threads as the machine has processors: two
/// tests that wait would stop all others, and let their time limits pass.
public struct OwnThreads: SuiteTrait, TestTrait, TestScoping {
    fileprivate static let waiting = BlockingThreads(name: "waiting-tests", threads: 6)
    fileprivate static let network = BlockingThreads(name: "network-tests", threads: 32)
    fileprivate static let punctual = BlockingThreads(name: "punctual-tests", threads: 16)

    fileprivate let threads: BlockingThreads

    /// It holds for each test of a suite.
    public var isRecursive: Bool { true }

    /// Runs one test, and what it awaits, on the threads.
    public func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(threads) { try await function() }
    }
}

extension Trait where Self == OwnThreads {
    /// For tests that start servers or programs, or wait for them.
    public static var ownThreads: Self { Self(threads: Self.waiting) }

    /// For tests that speak to a server or a program and would take it for silent when they are late themselves.
    public static var networkThreads: Self { Self(threads: Self.network) }

    /// For tests of which a step must not come late: a program is killed on its way, or a time limit of the product passes.
    ///
    /// Nobody waits for a turn there, as long as the suites that use it are fewer than its threads, and each runs one test at a
    /// time.
    public static var punctualThreads: Self { Self(threads: Self.punctual) }
}
