import Foundation
import Glibc
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A server with its vault, of which somebody is killed again and again, and what is known to be safe by then.
struct KilledStack {
    /// What is being done, and who is killed.
    enum Victim: String, CaseIterable, Sendable {
        /// Lifeboat, in a backup while a slot of its own keeps the log.
        case backup
        /// Lifeboat, in a backup that has no slot but its own.
        case backupAlone
        /// Lifeboat, receiving the log.
        case run
        /// Lifeboat, restoring the cluster.
        case restore
        /// Lifeboat, reading one table out of a scratch cluster.
        case oneThing
        /// Lifeboat, building a standby.
        case standby
        /// PostgreSQL, in a backup.
        case server
    }

    let scene: OneThingScene
    private var random: SeededGenerator
    /// The rows of the ledger are numbered from 1 on: so many were written, and so many were there at a backup that ended well.
    private(set) var written = 0
    private(set) var secured = 0
    /// What a backup and bringing the ledger back take here and now: other tests share the machine.
    private var usual = (backup: Duration.zero, thing: Duration.zero)

    /// A server with a first backup.
    init(seed: UInt64) async throws {
        random = SeededGenerator(seed: seed)
        scene = try await OneThingScene()
        let text = try scene.playground.read("lifeboat.yaml")
        try scene.playground.write(
            "alone.yaml",
            text.replacing("stream: true", with: "stream: false")
        )
        try #require(try scene.playground.read("alone.yaml") != text)
        try scene.server.psql(
            """
            create table ledger (n int primary key);
            create table filler as select g as n, md5(g::text) as t from generate_series(1, 60000) g
            """
        )
        try await backUp()
        try await verify("after the first backup")
    }

    private var server: PostgresServer { scene.server }
    private var place: String { server.root.appending(path: "out").path }

    /// Adds a row, and changes pages all over.
    private mutating func write() throws {
        written += 1
        try server.psql(
            """
            update filler set t = md5(t) where n % 13 = \(written % 13);
            insert into ledger values (\(written))
            """
        )
    }

    /// A backup that is left in peace; what was written is safe then.
    mutating func backUp() async throws {
        let began = ContinuousClock.now
        try await scene.backUp()
        usual.backup = began.duration(to: .now)
        secured = written
    }

    /// Brings the ledger back: all that is safe is there, without a hole, and no scratch cluster is left.
    mutating func verify(_ what: String) async throws {
        let began = ContinuousClock.now
        let ending = try await scene.restore(["--table", "ledger", "--data-only"])
        usual.thing = began.duration(to: .now)
        #expect(ending.code == 0, "\(what): \(ending.errors)")
        let rows = ending.output.split(separator: "\n").compactMap { Int($0) }.sorted()
        #expect(rows.elementsEqual(1..<rows.count + 1), "\(what): \(rows)")
        #expect((secured...written).contains(rows.count), "\(what): \(rows)")
        #expect(scene.leftovers.isEmpty, "\(what)")
    }

    /// Lets somebody be killed; one that ended before is tried again.
    mutating func kill(_ victim: Victim) async throws {
        for _ in 0..<30 {
            try write()
            let usual: Duration =
                switch victim {
                case .backup, .backupAlone, .server: usual.backup
                case .restore, .oneThing, .standby: usual.thing
                case .run: .seconds(3)
                }
            let delay = usual * Double.random(in: 0.02...0.98, using: &random)
            let took = try await end(victim, after: delay)
            try await requireNothingLeft(victim)
            guard let took else { return }
            // It is faster than it was: what shared the machine has ended.
            switch victim {
            case .backup, .backupAlone, .server: self.usual.backup = max(took, usual / 2)
            case .restore, .oneThing, .standby: self.usual.thing = max(took, usual / 2)
            case .run: continue
            }
        }
        throw Fault(.failedTest, "unable to kill \(victim.rawValue): it always ended before")
    }

    private func arguments(_ victim: Victim) -> [String] {
        switch victim {
        case .backup, .server: ["backup"]
        case .backupAlone: ["--config", "alone.yaml", "backup"]
        case .run: ["run"]
        case .restore: ["restore", "db/postgres", "--to", place, "--yes"]
        case .standby:
            [
                "standby", "create", "db/postgres", "--to", place, "--yes", "--primary",
                "host=\(server.root.path) port=\(server.port)",
            ]
        case .oneThing:
            [
                "restore", "db/postgres", "--yes", "--scratch", scene.scratch.path, "--table",
                "ledger", "--to", "ledger.sql",
            ]
        }
    }

    /// Lets somebody be killed after a while; nil when it was, else what the work took to its own end.
    private func end(_ victim: Victim, after delay: Duration) async throws -> Duration? {
        let command = try scene.playground.command(arguments(victim))
        let server = server
        let log = scene.playground.path.appending("killed.log")
        let ended = try await command.spawn(log: log) {
            child async throws(Fault) -> (pid: Int32, took: Duration?) in
            let began = ContinuousClock.now
            guard try child.wait(upTo: delay) == nil else {
                return (pid: child.pid, took: began.duration(to: .now))
            }
            if victim == .server {
                try server.kill9()
                // A backup that has lost its server ends by itself.
                if try child.wait(upTo: .seconds(300)) == nil { try child.terminate(SIGABRT) }
            } else {
                try child.terminate(SIGKILL)
            }
            _ = try child.wait(upTo: .seconds(300))
            return (pid: child.pid, took: nil)
        }
        let rooms = try FileManager.default.contentsOfDirectory(atPath: "/tmp")
        #expect(rooms.filter { $0.hasPrefix("lifeboat-\(ended.value.pid)-") }.isEmpty)
        if let took = ended.value.took {
            let words = try scene.playground.read("killed.log").suffix(2_000)
            #expect(ended.status == .exited(0), "\(victim.rawValue): \(words)")
            return took
        }
        guard victim == .server else { return ended.status == .signalled(SIGKILL) ? nil : delay }
        guard case .exited = ended.status else {
            throw Fault(.failedTest, "a backup whose server was killed hangs: \(ended.status)")
        }
        #expect(try await WorkingProcesses.awaitEnd(below: server.data.path).isEmpty)
        try server.start()
        return nil
    }

    /// Nothing of a killed run is left that somebody else would have to remove.
    private func requireNothingLeft(_ victim: Victim) async throws {
        for folder in [place, scene.scratch.path] {
            let left = try await WorkingProcesses.awaitEnd(below: folder)
            #expect(left.isEmpty, "\(victim.rawValue): \(folder)")
        }
        // Where a restore goes there must be nothing.
        try? FileManager.default.removeItem(atPath: place)
        let copy = scene.playground.path.appending("ledger.sql").string
        try? FileManager.default.removeItem(atPath: copy)
        if victim == .standby { try await settleStandby() }
        let limit = ContinuousClock.now + .seconds(300)
        let question = """
            select (select count(*) from pg_replication_slots where slot_name <> 'lifeboat_db')
              || ' other slots, '
              || (select count(*) from pg_stat_activity
                  where application_name like 'lifeboat%' and pid <> pg_backend_pid())
              || ' sessions'
            """
        var answer = ""
        repeat {
            answer = try server.psql(question)
            if answer == "0 other slots, 0 sessions" { break }
            try await Task.sleep(for: .milliseconds(20))
        } while ContinuousClock.now < limit
        #expect(answer == "0 other slots, 0 sessions", "\(victim.rawValue)")
        let check = try await scene.playground.run(["check"])
        #expect(check.code == 0, "\(victim.rawValue): \(check.text)")
    }

    /// The slot of a standby that was not finished is named, and the same command takes it over.
    private func settleStandby() async throws {
        let slot = "select count(*) from pg_replication_slots where slot_name = 'lifeboat_standby'"
        guard try server.psql(slot) == "1" else { return }
        let doctor = try await scene.playground.run(["doctor"])
        #expect(doctor.output.contains("slot 'lifeboat_standby' keeps"), "\(doctor.text)")
        let again = try await scene.playground.run(arguments(.standby))
        #expect(again.code == 0, "\(again.text)")
        try server.dropSlot("lifeboat_standby")
        try FileManager.default.removeItem(atPath: place)
    }
}
