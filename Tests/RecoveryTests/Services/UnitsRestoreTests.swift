import SystemPackage
import TestKit
import Testing

/// A restore of a stack whose services are units of a real systemd, through the real executable.
@Suite(.ownThreads) struct UnitsRestoreTests {
    @Test
    func `a unit that systemd stops with one that uses the data is stopped and started with it`()
        async throws
    {
        let sleeping = "[Service]\nExecStart=/bin/sleep infinity\n"
        let host = try SystemdHost(units: [
            "server.service": sleeping,
            "front.service": "[Unit]\nRequires=server.service\n" + sleeping,
            "helper.service": "[Unit]\nPartOf=front.service\n" + sleeping,
            "other.service": sleeping,
        ])
        let playground = try await Playground.initialised()
        try playground.write(
            "lifeboat.yaml",
            try playground.read("lifeboat.yaml") + """
                services:
                  front: {systemd: front.service, after: [secrets]}
                  other: {systemd: other.service, after: [secrets]}
                  server: {systemd: server.service, after: [files]}

                """
        )
        try host.systemctl("start", "front.service", "helper.service", "other.service")
        let path = FilePath(host.program).removingLastComponent().string + ":/usr/bin:/bin"
        let variables = ["PATH": path]
        let backup = try await playground.run(["backup"], variables: variables)
        #expect(backup.code == 0, "\(backup.text)")
        try playground.remove("source")
        let restore = ["restore", "web/files", "--identity", "kit.txt"]
        let plan = try await playground.run(restore, variables: variables)
        #expect(plan.code == 15)
        let first = "front (unit front.service: front.service, helper.service)"
        #expect(
            plan.output.contains("stops first: \(first), server (unit server.service)"),
            "\(plan.text)"
        )
        #expect(!plan.output.contains("other"), "\(plan.text)")
        let done = try await playground.run(restore + ["--yes"], variables: variables)
        #expect(done.code == 0, "\(done.text)")
        for unit in ["server", "front", "helper", "other"] {
            try host.systemctl("is-active", "\(unit).service")
        }
        let services = try await playground.run(["services", "web"], variables: variables)
        #expect(services.code == 0, "\(services.text)")
        #expect(try playground.read("source/letter") == "dear reader\n")
    }
}
