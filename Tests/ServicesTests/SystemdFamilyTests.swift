import Model
import Services
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Units of a real systemd that stop and start each other in less usual ways.
@Suite(.ownThreads, .serialized) struct SystemdFamilyTests {
    private static let sleeping = "[Service]\nExecStart=/bin/sleep infinity\n"
    private static let tied = "[Unit]\nRequires=db.service\n"

    private func host(
        _ units: [String: String],
        aliases: [String: String] = [:]
    ) throws -> (SystemdHost, UnitService) {
        let host = try SystemdHost(
            units: units.merging(["db.service": Self.sleeping]) { first, _ in first },
            aliases: aliases
        )
        return (host, unit("db.service", host))
    }

    private func unit(
        _ name: String,
        _ host: SystemdHost,
        amid others: Set<String> = []
    ) -> UnitService {
        UnitService(name, amid: others, program: host.program, patience: .seconds(600))
    }

    private func running(_ unit: UnitService) async throws -> [String] {
        try await unit.parts().filter(\.isRunning).map(\.name)
    }

    @Test func `a timer of what stands still does not start the unit meanwhile`() async throws {
        let (host, db) = try host([
            "report.service": Self.tied + "[Service]\nType=oneshot\nExecStart=/bin/true\n",
            "night.service": "[Unit]\nWants=report.service\n" + Self.sleeping,
            "night.timer": "[Timer]\nOnActiveSec=1000d\n",
            "idle.timer": "[Timer]\nOnActiveSec=1000d\n",
            "idle.service": Self.tied + Self.sleeping,
        ])
        try host.systemctl("start", "db.service", "night.timer")
        let before = try await running(db)
        #expect(before == ["db.service", "night.timer"])
        try await db.stop()
        #expect(try await running(unit("night.timer", host)).isEmpty)
        try await db.start(before)
        #expect(try await running(db) == before)
        #expect(try await running(unit("night.service", host)) == ["night.timer"])
        let others: Set = ["night.timer", "report.service"]
        let alone = unit("db.service", host, amid: others)
        #expect(try await running(alone) == ["db.service"])
        #expect(try await alone.followers() == ["report.service"])
    }

    @Test func `what holds the unit up is stopped with it`() async throws {
        let (host, db) = try host(["up.service": "[Unit]\nUpholds=db.service\n" + Self.sleeping])
        try host.systemctl("start", "up.service", "db.service")
        let before = try await running(db)
        #expect(before == ["db.service", "up.service"])
        try await db.stop()
        #expect(try await running(db).isEmpty)
        try await db.start(before)
        #expect(try await running(db) == before)
    }

    @Test func `a target that comes back starts nothing that stood still`() async throws {
        let (host, db) = try host([
            "all.target":
                "[Unit]\nRequires=db.service\nAfter=db.service\nWants=still.service app.service\n",
            "app.service": "[Unit]\nPartOf=all.target\n" + Self.sleeping,
            "still.service": "[Unit]\nPartOf=all.target\n" + Self.sleeping,
        ])
        try host.systemctl("start", "all.target")
        try host.systemctl("stop", "still.service")
        let before = try await running(db)
        #expect(before == ["db.service", "app.service", "all.target"])
        try await db.stop()
        try await db.start(before)
        #expect(try await running(db) == before)
        #expect(try await running(unit("still.service", host)).isEmpty)
    }

    @Test func `a cluster of Debian's that stood still stays so`() async throws {
        let (host, db) = try host([
            "db.service": """
            [Unit]
            Wants=db@one.service db@two.service
            [Service]
            Type=oneshot
            RemainAfterExit=on
            ExecStart=/bin/true

            """,
            "db@.service": "[Unit]\nPartOf=db.service\nBefore=db.service\n" + Self.sleeping,
        ])
        try host.systemctl("start", "db.service")
        try host.systemctl("stop", "db@two.service")
        let before = try await running(db)
        #expect(before == ["db@one.service", "db.service"])
        try await db.stop()
        #expect(try await running(unit("db@one.service", host)).isEmpty)
        try await db.start(before)
        #expect(try await running(db) == before)
        #expect(try await running(unit("db@two.service", host)).isEmpty)
    }

    @Test func `followers start in systemd's order, an instance among them`() async throws {
        let leaf = "[Unit]\nRequires=db.service\nRequisite=mid.service\nAfter=mid.service\n"
        let (host, db) = try host([
            "mid.service": Self.tied + Self.sleeping, "leaf@.service": leaf + Self.sleeping,
        ])
        let leaves = ["a", "b", "c", "d"].map { #"leaf@x\x2d\#($0).service"# }
        try host.systemctl("start", "mid.service")
        for leaf in leaves { try host.systemctl("start", leaf) }
        let before = try await running(db)
        #expect(before.prefix(2) == ["db.service", "mid.service"])
        #expect(before.dropFirst(2).sorted() == leaves)
        try await db.stop()
        try await db.start(before)
        #expect(try await running(db).sorted() == before.sorted())
    }

    @Test func `a unit is one thing under each of its names`() async throws {
        let (host, db) = try host(
            [
                "db.service": "[Unit]\nPartOf=app.service\n" + Self.sleeping,
                "app.service": Self.tied + Self.sleeping,
            ],
            aliases: ["sql.service": "db.service", "web.service": "app.service"]
        )
        try host.systemctl("start", "app.service")
        #expect(try await running(db) == ["db.service", "app.service"])
        #expect(try await running(unit("sql.service", host)) == ["sql.service", "app.service"])
        let alone = unit("sql.service", host, amid: ["web.service"])
        #expect(try await running(alone) == ["sql.service"])
        #expect(try await alone.followers() == ["web.service"])
    }

    @Test func `one that does not start keeps none of the others down`() async throws {
        let (host, db) = try host([
            "bad.service": Self.tied + "[Service]\nType=oneshot\nExecStart=/bin/false\n",
            "app.service": Self.tied + Self.sleeping,
        ])
        let parts = ["db.service", "none.service", "bad.service", "app.service"]
        let failure = await fault { () async throws(Fault) in try await db.start(parts) }
        #expect(failure?.code == .serviceStart)
        #expect(failure?.message.contains("'bad.service'") == true, "\(failure?.message ?? "")")
        #expect(try await running(db).sorted() == ["app.service", "db.service"])
        let gone = await fault { () async throws(Fault) in
            try await db.start(["db.service", "none.service", "app.service"])
        }
        #expect(gone?.code == .serviceGone)
        try host.systemctl("is-active", "app.service")
    }

    @Test func `one that was started too often is told so`() async throws {
        let limits = "[Unit]\nStartLimitBurst=1\nStartLimitIntervalSec=1h\n"
        // systemd forgets how often it has started a unit that nobody names.
        let (host, db) = try host([
            "db.service": limits + Self.sleeping,
            "after.service": "[Unit]\nAfter=db.service\n" + Self.sleeping,
        ])
        try host.systemctl("start", "after.service", "db.service")
        try host.systemctl("stop", "db.service")
        let failure = await fault { () async throws(Fault) in try await db.start(["db.service"]) }
        #expect(failure?.code == .serviceStart)
        #expect(
            failure?.message.hasSuffix("attempted too often.") == true,
            "\(failure?.message ?? "")"
        )
    }

    @Test func `what could not be put back is not stopped`() async throws {
        let (host, db) = try host([
            "refuse.service": "[Unit]\nRequires=db.service\nRefuseManualStop=yes\n" + Self.sleeping,
            "app.service": Self.tied + Self.sleeping,
        ])
        try host.systemctl("start", "refuse.service", "app.service")
        let refusal = await fault { () async throws(Fault) in _ = try await db.parts() }
        #expect(refusal?.code == .serviceState)
        #expect(refusal?.message.contains("'refuse.service'") == true)
        try host.systemctl("kill", "refuse.service")
        let deadline = ContinuousClock.now + .seconds(300)
        while (try? host.systemctl("is-active", "refuse.service")) != nil {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(10))
        }
        let folder = try ScratchFolder()
        let groups = folder.path.appending("cgroup")
        try DurableFile.create(
            groups,
            with: Array("0::/system.slice/app.service\n".utf8),
            mode: 0o600
        )
        let own = UnitService(
            "db.service",
            program: host.program,
            patience: .seconds(60),
            groups: groups
        )
        let suicide = await fault { () async throws(Fault) in _ = try await own.parts() }
        #expect(suicide?.code == .serviceState)
        #expect(suicide?.message.contains("this command runs in it") == true)
        #expect(try await running(db).sorted() == ["app.service", "db.service"])
    }
}
