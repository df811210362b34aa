import Model
import Services
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Services that programs control: plain commands, and units through a script in the place of `systemctl`.
@Suite(.ownThreads) struct ProgramServiceTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func script(_ name: String, _ text: String) throws -> String {
        let path = folder.path.appending(name)
        let whole = "#!/bin/sh\ncd '\(folder.path.string)'\n" + text
        try DurableFile.create(path, with: Array(whole.utf8), mode: 0o700)
        return path.string
    }

    private func has(_ name: String) throws -> Bool {
        try FileSystem.status(folder.path.appending(name)) != nil
    }

    private func commands(
        start: String,
        stop: String = "rm on\n",
        status: String = "test -e on\n",
        patience: Duration = .seconds(600)
    ) throws -> CommandService {
        CommandService(
            start: [try script("start", start)],
            stop: [try script("stop", stop)],
            status: [try script("status", status)],
            patience: patience
        )
    }

    @Test func `commands start, stop and tell`() async throws {
        let service = try commands(start: "echo x >> started; touch on\n")
        #expect(try await service.parts() == [ServicePart("all", isRunning: false)])
        try await service.stop()
        try await service.start(["all"])
        try await service.start(["all"])
        #expect(try await service.parts() == [ServicePart("all", isRunning: true)])
        let text = try DurableFile.read(folder.path.appending("started"), limit: ByteCount(100))
        #expect(text == Array("x\n".utf8))
        try await service.stop()
        #expect(try !has("on"))
    }

    @Test func `the arguments of a command, which may hold a secret, are not shown`() {
        let start = ["/srv/w", "start", "--token=hunter2"]
        let service = CommandService(
            start: start,
            stop: start,
            status: start,
            patience: .seconds(10)
        )
        #expect(service.title == "command /srv/w")
    }

    @Test func `a program that a command leaves behind outlives it and holds nobody up`()
        async throws
    {
        let start = """
            setsid sh -c 'trap "rm on; exit" TERM
            echo $$ > new; mv new on; while :; do sleep 0.1; done' &

            """
        let service = try commands(start: start, stop: "kill $(cat on)\n")
        // The program ends only when it is stopped: who waited for it would give up.
        try await service.start(["all"])
        #expect(try await service.parts().first?.isRunning == true)
        try await service.stop()
        #expect(try !has("on"))
    }

    @Test func `a command that fails, does nothing or does not end is told`() async throws {
        let failing = try commands(start: "exit 4\n")
        let failed = await fault { () async throws(Fault) in try await failing.start(["all"]) }
        #expect(failed?.message.contains("status 4") == true)
        #expect(failed?.hints.first?.hasSuffix("/start") == true)
        var idle: Fault?
        // On a busy machine the commands themselves may take longer than a short patience.
        for milliseconds in [300, 3_000, 30_000, 300_000]
        where idle?.message.contains("does not run") != true {
            let lazy = CommandService(
                start: ["/bin/true"],
                stop: ["/bin/true"],
                status: [folder.path.appending("status").string],
                patience: .milliseconds(milliseconds)
            )
            idle = await fault { () async throws(Fault) in try await lazy.start(["all"]) }
        }
        #expect(idle?.code == .serviceStart)
        #expect(idle?.message.contains("does not run") == true)
        let slow = CommandService(
            start: ["/bin/sleep", "100"],
            stop: ["/bin/true"],
            status: ["/bin/false"],
            patience: .milliseconds(300)
        )
        let late = await fault { () async throws(Fault) in try await slow.start(["all"]) }
        #expect(late?.message.contains("did not end") == true)
        let blind = CommandService(
            start: ["/bin/true"],
            stop: ["/bin/true"],
            status: [try script("blind", "exit 126\n")],
            patience: .seconds(1)
        )
        let unseen = await fault { () async throws(Fault) in _ = try await blind.parts() }
        #expect(unseen?.code == .serviceState)
        #expect(unseen?.hints.first?.hasSuffix("/blind") == true)
    }

    /// Keeps the state of units in files; `stop` of one that `stuck` names does nothing.
    ///
    /// As systemd it starts no socket whose service runs.
    private static let systemctl = """
        verb=$1
        for unit; do :; done
        case $verb in
        show)
            if [ -e "$unit.unit" ]; then echo LoadState=loaded; else echo LoadState=not-found; fi
            if [ -e "$unit.on" ]; then echo ActiveState=active; else echo ActiveState=inactive; fi
            echo "TriggeredBy=$(cat "$unit.unit" 2>/dev/null)" ;;
        stop) echo "stop $unit" >> log; [ -e "$unit.slow" ] && exec sleep 1000
            [ -e "$unit.stuck" ] || rm -f "$unit.on" ;;
        start) echo "start $unit" >> log; [ -e "$unit.broken" ] && { echo no >&2; exit 1; }
            [ -e "$unit.slow" ] && exec sleep 1000
            case $unit in
            *.socket) [ -e "${unit%.socket}.service.on" ] && { echo refusing >&2; exit 1; } ;;
            esac
            touch "$unit.on" ;;
        esac

        """

    @Test func `a unit stops and starts behind what triggers it`() async throws {
        let program = try script("systemctl", Self.systemctl)
        for (name, text) in [
            ("web.service.unit", "web.socket web.timer"), ("web.socket.unit", ""),
            ("web.timer.unit", ""), ("web.service.on", ""), ("web.socket.on", ""),
        ] {
            let path = folder.path.appending(name)
            try DurableFile.create(path, with: Array(text.utf8), mode: 0o600)
        }
        let unit = UnitService("web.service", program: program, patience: .seconds(600))
        let running = try await unit.parts().filter(\.isRunning).map(\.name)
        #expect(running == ["web.socket", "web.service"])
        try await unit.stop()
        try await unit.start(running)
        let log = try DurableFile.read(folder.path.appending("log"), limit: ByteCount(1000))
        #expect(
            String(decoding: log, as: UTF8.self) == """
                stop web.socket
                stop web.service
                start web.socket
                start web.service

                """
        )
        #expect(try !has("web.timer.on"))
        let none = UnitService("none.service", program: program, patience: .seconds(600))
        #expect(try await none.parts().isEmpty)
    }

    @Test func `a unit that does not stop or start is told with systemd's words`() async throws {
        let program = try script("systemctl", Self.systemctl)
        for name in ["a.unit", "a.on", "a.stuck", "b.unit", "b.broken"] {
            try DurableFile.create(folder.path.appending(name), with: [], mode: 0o600)
        }
        let stuck = UnitService("a", program: program, patience: .seconds(600))
        let kept = await fault { () async throws(Fault) in try await stuck.stop() }
        #expect(kept?.code == .serviceStop)
        #expect(kept?.hints.first?.hasSuffix("list-dependencies --reverse a") == true)
        let broken = UnitService("b", program: program, patience: .seconds(600))
        let words = await fault { () async throws(Fault) in try await broken.start(["b"]) }
        #expect(words?.code == .serviceStart)
        #expect(words?.message.hasSuffix(": no") == true)
    }

    @Test func `a unit that takes too long to stop or start is given up`() async throws {
        let program = try script("systemctl", Self.systemctl)
        for name in ["a.unit", "a.on", "a.slow", "b.unit", "b.slow"] {
            try DurableFile.create(folder.path.appending(name), with: [], mode: 0o600)
        }
        let patience = Duration.milliseconds(500)
        let running = UnitService("a", program: program, patience: patience)
        let kept = await fault { () async throws(Fault) in try await running.stop() }
        #expect(kept?.code == .serviceStop)
        #expect(kept?.message.contains("takes more than") == true)
        let still = UnitService("b", program: program, patience: patience)
        let late = await fault { () async throws(Fault) in try await still.start(["b"]) }
        #expect(late?.code == .serviceStart)
        #expect(late?.message.contains("takes more than") == true)
    }
}
