import Model
import Services
import SystemIO
import TestKit
import Testing

/// What is read of texts: addresses, labels, states of units.
@Suite struct EngineTextTests {
    @Test(arguments: [
        ("unix:///run/docker.sock", EngineAddress.socket("/run/docker.sock")),
        ("tcp://127.0.0.1:2375", .tcp(host: "127.0.0.1", port: 2375)),
        ("tcp://[::1]:2375/", .tcp(host: "[::1]", port: 2375)),
        ("http://localhost:80", .tcp(host: "localhost", port: 80)),
    ])
    func `an address is read`(text: String, address: EngineAddress) throws {
        #expect(try EngineAddress(text) == address)
    }

    @Test(arguments: [
        "", "unix://run/docker.sock", "docker.sock", "tcp://localhost", "tcp://:2375",
        "tcp://a:0", "tcp://a:65536", "tcp://a@b:1", "https://localhost:2376", "npipe:////./pipe",
        "ssh://me@host", "tcp://a/b:1",
    ])
    func `what is no address is refused`(text: String) {
        do throws(Fault) {
            _ = try EngineAddress(text)
            Issue.record("'\(text)' is no address")
        } catch {
            #expect(error.code == .engineAddress)
            #expect(error.hints.isEmpty != text.hasPrefix("ssh"))
        }
    }

    @Test func `the environment names an engine, and nothing names Docker's own`() throws {
        #expect(try EngineAddress(variables: [:]) == .usual)
        #expect(try EngineAddress(variables: ["DOCKER_HOST": ""]) == .usual)
        let own = ["DOCKER_HOST": "unix:///run/podman/podman.sock", "DOCKER_TLS_VERIFY": "1"]
        #expect(try EngineAddress(variables: own) == .socket("/run/podman/podman.sock"))
        let tls = ["DOCKER_HOST": "tcp://a:2376", "DOCKER_TLS_VERIFY": "1"]
        #expect(throws: Fault.self) { try EngineAddress(variables: tls) }
    }

    @Test(.ownThreads)
    func `a program with very many arguments is told in words that the system takes`()
        async throws
    {
        let run = ContainerRun(
            engine: "unix:///run/docker.sock",
            image: "postgres:16",
            command: ["pg_dump"] + (0..<9000).map { "--table=\"Größe\".🛟\($0)" },
            uid: 1,
            gid: 1,
            directory: nil,
            places: [],
            hasNetwork: false,
            marks: "/var/lib/lifeboat"
        )
        #expect(run.words.count > 2)
        #expect(try ContainerRun(words: run.words) == run)
        let result = try await Command("true", arguments: run.words).run(outputLimit: 10)
        #expect(result.status.isSuccess)
    }

    @Test func `a path becomes a part of a URL`() {
        #expect(
            EngineAddress.socket("/a b/ü%.sock").base == "http+unix://%2Fa%20b%2F%C3%BC%25.sock"
        )
    }

    @Test(arguments: [
        ("db:service_healthy:false,redis:service_started:true", ["db", "redis"]),
        ("db", ["db"]), ("db, redis", ["db", "redis"]), ("", []), (",", []),
    ])
    func `dependencies are read of compose's label`(text: String, names: [String]) {
        let labels = ["com.docker.compose.depends_on": text]
        #expect(Container(name: "x", state: "", labels: labels).dependencies == names)
    }

    @Test func `the state of a unit is read, whatever the order of the lines`() {
        let state = UnitState(
            "LoadState=loaded\nTriggeredBy=web.socket web.timer\nActiveState=active\n"
        )
        #expect(state?.isRunning == true)
        #expect(state?.isSettled == true)
        #expect(state?.triggers == ["web.socket", "web.timer"])
        #expect(state?.followers.isEmpty == true)
        let followed = UnitState(
            "ConsistsOf=part.service\nLoadState=loaded\nBoundBy=\nRequiredBy=a.service b.service\nActiveState=active\n"
        )
        #expect(followed?.followers == ["a.service", "b.service", "part.service"])
        let quoted = UnitState(
            #"""
            Names="job@a\\x2db.service" alias.service
            WantedBy=multi-user.target "x@\\\\.service"
            ActiveState=active
            LoadState=loaded
            """#
        )
        #expect(quoted?.names == [#"job@a\x2db.service"#, "alias.service"])
        #expect(quoted?.starters == ["multi-user.target", #"x@\\.service"#])
        #expect(quoted?.canReturn == true)
        for line in ["Transient=yes", "CanStart=no", "CanStop=no", "LoadState=masked"] {
            let state = UnitState("LoadState=loaded\nActiveState=active\n" + line)
            #expect(state?.canReturn == false, "\(line)")
        }
        #expect(UnitState("LoadState=not-found\nActiveState=inactive")?.exists == false)
        #expect(UnitState("LoadState=loaded\nActiveState=failed")?.isRunning == false)
        #expect(UnitState("LoadState=loaded\nActiveState=activating")?.isSettled == false)
        let stopping = UnitState("LoadState=loaded\nActiveState=deactivating")
        #expect(stopping?.isRunning == false)
        #expect(stopping?.isStopping == true)
        #expect(stopping?.isJob == false)
        #expect(UnitState("LoadState=loaded\nActiveState=active\nType=oneshot")?.isJob == true)
        #expect(UnitState("LoadState=loaded") == nil)
        #expect(UnitState("") == nil)
    }

    @Test(arguments: [
        ("0::/system.slice/app.service\n", ["system.slice", "app.service"]),
        (
            "0::/user.slice/user-1.slice/user@1.service/app.slice/db.service\n",
            ["user.slice", "user-1.slice", "user@1.service"]
        ),
        (
            "1:name=systemd:/system.slice/a:b.service\n2:cpu:/other.service\n",
            ["system.slice", "a:b.service"]
        ),
        ("0::/\n", []), ("", []), ("nothing", []),
    ])
    func `the units that a process is part of are read of its groups`(
        text: String,
        units: [String]
    ) {
        #expect(UnitState.units(ofGroups: text) == Set(units))
    }
}
