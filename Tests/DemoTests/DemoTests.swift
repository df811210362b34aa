import Foundation
import Glibc
import TestKit
import Testing

@Suite(.serialized, .punctualThreads) struct DemoTests {
    @Test func `a stack is lost and comes back as it was at the chosen second`() async throws {
        let run = try DemoRun()
        let code = try await run.wait(upTo: .seconds(1_800))
        let objects = try run.objects()
        #expect(code == 0, "\(objects.last ?? [:])")
        let summary = try #require(objects.last { $0["message_type"] as? String == "summary" })
        #expect(summary["is_equal"] as? Bool == true)
        #expect(summary["exit_code"] as? Int == 0)
        #expect(try #require(summary["calls_restored"] as? Int) > 50)
        #expect(try #require(summary["calls_given_up"] as? Int) > 5)
        #expect(try #require(summary["seconds_log_behind"] as? Double) < 600)
        let source = try #require(summary["bytes_source"] as? Int)
        #expect(try #require(summary["bytes_vault"] as? Int) < source)
        let components = try #require(summary["components"] as? [[String: Any]])
        #expect(
            components.map { $0["component"] as? String }
                == ["database", "sessions", "knowledge", "secrets"]
        )
        for component in components {
            #expect(component["difference"] is NSNull)
            let behind = try #require(component["seconds_before_target"] as? Double)
            #expect(behind >= 0 && behind < 600)
        }
        let steps = objects.filter { $0["message_type"] as? String == "step" }
        #expect(steps.compactMap { $0["number"] as? Int } == Array(1...8))
        #expect(try #require(steps[0]["bytes_database"] as? Int) >= 200 << 20)
        #expect(steps[0]["sessions"] as? Int == 50_000)
        try await nothingStays(run)
    }

    @Test(arguments: [(SIGINT, 1), (SIGTERM, 3), (SIGTERM, 6)])
    func `a signal ends it soon, and nothing stays`(signal: Int32, wanted: Int) async throws {
        let run = try DemoRun()
        while try run.objects().count(where: { $0["message_type"] as? String == "step" }) < wanted {
            try #require(run.elapsed < .seconds(1_800))
            // Without giving the thread away: the demonstration might end before it comes back.
            usleep(100_000)
        }
        run.signal(signal)
        #expect(try await run.wait(upTo: .seconds(600)) == 128 + signal)
        try await nothingStays(run)
    }

    private func nothingStays(_ run: DemoRun) async throws {
        #expect(try run.leftovers() == [])
        // What a killed server had started ends a moment after it.
        let limit = ContinuousClock.now + .seconds(60)
        while try !run.processes().isEmpty, ContinuousClock.now < limit {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try run.processes() == [])
    }
}
