import FoundationEssentials
import Services
import Testing

@Suite struct HealthWatchTests {
    private func details(
        running: Bool = true,
        restarting: Bool = false,
        health: String? = nil,
        exit: Int = 0
    ) throws -> ContainerDetails {
        let part = health.map { ",\"Health\":{\"Status\":\"\($0)\"}" } ?? ""
        let text = """
            {"State":{"Running":\(running),"Restarting":\(restarting),"ExitCode":\(exit)\(part)}}
            """
        return try JSONDecoder().decode(ContainerDetails.self, from: Data(text.utf8))
    }

    @Test func `a health check decides, and is waited for`() throws {
        var watch = HealthWatch(patience: .seconds(10))
        #expect(watch.look(at: try details(health: "starting"), after: .zero) == .wait)
        #expect(watch.look(at: try details(health: "unhealthy"), after: .seconds(5)) == .wait)
        #expect(watch.look(at: try details(health: "healthy"), after: .seconds(9)) == .works)
        let late = watch.look(at: try details(health: "unhealthy"), after: .seconds(10))
        #expect(late == .unhealthy("it is unhealthy, after 10 seconds"))
    }

    @Test(arguments: [nil, "", "none"] as [String?])
    func `without one it must run for a second`(health: String?) throws {
        var watch = HealthWatch(patience: .seconds(10))
        let details = try details(health: health)
        #expect(watch.look(at: details, after: .milliseconds(100)) == .wait)
        #expect(watch.look(at: details, after: .milliseconds(1000)) == .wait)
        #expect(watch.look(at: details, after: .milliseconds(1100)) == .works)
    }

    @Test func `what ends is given up at the second look`() throws {
        var watch = HealthWatch(patience: .seconds(10))
        let ended = try details(running: false, exit: 3)
        #expect(watch.look(at: ended, after: .zero) == .wait)
        #expect(watch.look(at: try details(), after: .milliseconds(200)) == .wait)
        #expect(watch.look(at: ended, after: .milliseconds(400)) == .wait)
        let second = watch.look(at: ended, after: .milliseconds(600))
        #expect(second == .failed("it ended with status 3"))
    }

    @Test func `what its engine starts again and again is waited for, but not for ever`() throws {
        var watch = HealthWatch(patience: .seconds(10))
        let again = try details(restarting: true)
        for second in 0..<10 {
            #expect(watch.look(at: again, after: .seconds(second)) == .wait)
        }
        let late = watch.look(at: again, after: .seconds(10))
        #expect(late == .failed("it ends again and again, after 10 seconds"))
    }
}
