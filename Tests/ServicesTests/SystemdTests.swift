import Model
import Services
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Units of a real systemd.
@Suite(.ownThreads, .serialized) struct SystemdTests {
    private static let web = [
        "web.service": "[Service]\nExecStart=/bin/sleep infinity\n",
        "web.socket": "[Socket]\nListenStream=/run/web.sock\n",
    ]

    private func unit(
        _ name: String,
        _ host: SystemdHost,
        patience: Duration = .seconds(600)
    ) -> UnitService {
        UnitService(name, program: host.program, patience: patience)
    }

    private func running(_ unit: UnitService) async throws -> [String] {
        try await unit.parts().filter(\.isRunning).map(\.name)
    }

    @Test func `a unit stops with the socket that starts it, and comes back with it`() async throws
    {
        let host = try SystemdHost(units: Self.web)
        let web = unit("web.service", host)
        #expect(try await web.parts() == [ServicePart("web.service", isRunning: false)])
        #expect(try await unit("none.service", host).parts().isEmpty)
        try host.systemctl("start", "web.socket")
        #expect(try await running(web) == ["web.socket"])
        // The connection stays in the queue of the socket: as long as that listens, it starts the service again.
        #expect(host.canConnect(to: "/run/web.sock"))
        try await until { try await running(web) == ["web.socket", "web.service"] }
        try await web.stop()
        #expect(try await running(web).isEmpty)
        #expect(!host.canConnect(to: "/run/web.sock"))
        try await web.stop()
        try await web.start(["web.socket", "web.service"])
        try await web.start(["web.socket", "web.service"])
        #expect(try await running(web) == ["web.socket", "web.service"])
        #expect(host.canConnect(to: "/run/web.sock"))
    }

    @Test func `what ran is put back behind the work, and what stood still stays so`() async throws
    {
        var units = Self.web
        units["idle.service"] = "[Service]\nExecStart=/bin/sleep infinity\n"
        let host = try SystemdHost(units: units)
        let (web, idle) = (unit("web.service", host), unit("idle.service", host))
        try host.systemctl("start", "web.socket")
        let folder = try ScratchFolder()
        let file = LedgerFile(in: folder.path.appending("state"))
        let keeper = ServiceKeeper(["web": web, "idle": idle], file: file) { _ in }
        let nodes = [
            ServiceNode(name: "web", uses: ["db"]), ServiceNode(name: "idle", uses: ["db"]),
        ]
        var during: [String]?
        let ending = try await keeper.stop(nodes, for: ["db"]) {
            #expect(!host.canConnect(to: "/run/web.sock"))
            during = try? await running(web)
            return []
        }
        #expect(during == [])
        #expect(ending.refusal == nil)
        #expect(ending.failures.isEmpty)
        #expect(ending.stopped.isEmpty)
        #expect(try await running(web) == ["web.socket"])
        #expect(try await running(idle).isEmpty)
    }

    /// A server, what requires it directly and through another, a slow part of it, and one that stands still.
    private static let server = [
        "db.service": "[Service]\nExecStart=/bin/sleep infinity\n",
        "app.service": "[Unit]\nRequires=db.service\n[Service]\nExecStart=/bin/sleep infinity\n",
        "bound.service":
            "[Unit]\nBindsTo=app.service\n[Service]\nExecStart=/bin/sleep infinity\n",
        "bound.socket": "[Socket]\nListenStream=/run/bound.sock\n",
        "part.service":
            "[Unit]\nPartOf=db.service\n[Service]\nExecStart=/bin/sleep infinity\nExecStop=/bin/sleep 2\n",
        "idle.service": "[Unit]\nRequires=db.service\n[Service]\nExecStart=/bin/sleep infinity\n",
    ]

    @Test func `what systemd stops with a unit is stopped and comes back with it`() async throws {
        let host = try SystemdHost(units: Self.server)
        let db = unit("db.service", host)
        try host.systemctl("start", "bound.socket", "bound.service", "part.service")
        let before = try await running(db)
        #expect(before.first == "db.service")
        #expect(
            before.sorted() == [
                "app.service", "bound.service", "bound.socket", "db.service", "part.service",
            ]
        )
        try await db.stop()
        // None of them is still stopping: each would be refused.
        for name in before {
            #expect(try await unit(name, host).parts().allSatisfy { !$0.isRunning })
        }
        #expect(!host.canConnect(to: "/run/bound.sock"))
        try await db.start(before)
        #expect(try await running(db) == before)
        #expect(host.canConnect(to: "/run/bound.sock"))
        #expect(try await running(unit("idle.service", host)).isEmpty)
    }

    @Test func `a unit that is a service of its own is left to that`() async throws {
        let host = try SystemdHost(units: Self.server)
        try host.systemctl("start", "bound.service", "part.service")
        let db = UnitService(
            "db.service",
            amid: ["db.service", "app.service"],
            program: host.program,
            patience: .seconds(60)
        )
        #expect(try await db.followers() == ["app.service"])
        #expect(try await running(db) == ["db.service", "part.service"])
    }

    @Test func `a unit that does not start is told with systemd's reason`() async throws {
        let host = try SystemdHost(units: [
            "bad.service": "[Service]\nType=oneshot\nExecStart=/bin/false\n",
            "masked.service": "",
            "slow.service": "[Service]\nType=notify\nExecStart=/bin/sleep infinity\n",
        ])
        for (name, code, reason) in [
            (
                "bad.service", Fault.Code.serviceStart,
                "failed because the control process exited with error code."
            ),
            ("masked.service", .serviceStart, "Unit masked.service is masked."),
            ("none.service", .serviceGone, "systemd knows no such unit any more"),
        ] {
            let unit = unit(name, host)
            let failure = await fault { () async throws(Fault) in try await unit.start([name]) }
            #expect(failure?.code == code)
            #expect(failure?.message.hasSuffix(reason) == true, "\(failure?.message ?? "")")
        }
        let slow = unit("slow.service", host, patience: .seconds(1))
        let late = await fault { () async throws(Fault) in try await slow.start(["slow.service"]) }
        #expect(late?.code == .serviceStart)
        #expect(late?.message.contains("takes more than 1 seconds") == true)
    }

    @Test func `a unit that still stops is not taken for one that stands still`() async throws {
        let text = """
            [Service]
            ExecStart=/bin/sh -c "trap '' TERM; touch /run/deaf; while :; do sleep 1; done"
            TimeoutStopSec=infinity

            """
        let host = try SystemdHost(units: ["deaf.service": text])
        try host.systemctl("start", "deaf.service")
        try await until { host.has("/run/deaf") }
        let deaf = unit("deaf.service", host, patience: .seconds(1))
        for _ in 1...2 {
            var unsure: Fault?
            // On a busy machine systemd may not have heard of it within that second.
            try await until {
                let kept = await fault { () async throws(Fault) in try await deaf.stop() }
                #expect(kept?.code == .serviceStop)
                #expect(kept?.message.contains("takes more than 1 seconds") == true)
                unsure = await fault { () async throws(Fault) in _ = try await deaf.parts() }
                return unsure != nil
            }
            #expect(unsure?.code == .serviceState)
        }
        try host.systemctl("kill", "--signal", "KILL", "deaf.service")
        try await deaf.stop()
        #expect(try await running(deaf).isEmpty)
    }

    @Test func `a job that was stopped in its work is done again, and may end`() async throws {
        let text = """
            [Service]
            Type=oneshot
            ExecStart=/bin/sh -c "mkdir /run/begun || exit 0; exec sleep infinity"

            """
        let host = try SystemdHost(units: [
            "job.service": text,
            "job.timer": "[Timer]\nOnActiveSec=1000d\n",
        ])
        let job = unit("job.service", host)
        try host.systemctl("start", "job.timer")
        try host.systemctl("start", "--no-block", "job.service")
        try await until { host.has("/run/begun") }
        let before = try await running(job)
        #expect(before == ["job.timer", "job.service"])
        try await job.stop()
        #expect(try await running(job).isEmpty)
        try await job.start(before)
        #expect(try await running(job) == ["job.timer"])
    }
}
