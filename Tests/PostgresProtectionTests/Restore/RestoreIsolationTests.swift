import Foundation
import Glibc
import Model
import PostgresProtection
import Protection
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A restore beside a living original: nothing outside the restore is read as settings, written or asked.
@Suite(.serialized, .ownThreads) struct RestoreIsolationTests {
    private func cluster() async throws -> ProtectedCluster {
        let server = try PostgresServer.make()
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create table ledger (id serial primary key, note text)")
        return cluster
    }

    /// A program in place of `postgres`, which ends with the real one.
    private func binaries(_ cluster: ProtectedCluster, _ script: String) throws -> FilePath {
        let folder = URL(filePath: cluster.server.root.path).appending(path: "programs")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let program = folder.appending(path: "postgres")
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: program)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755],
            ofItemAtPath: program.path
        )
        return FilePath(folder.path)
    }

    @Test func `a configuration that names other folders, libraries and files is not followed`()
        async throws
    {
        let cluster = try await cluster()
        let server = cluster.server
        defer { server.remove() }
        // Not read by the running server any more, but by one that starts on its files.
        try server.append([
            "data_directory = '\(server.data.path)'", "hba_file = '/nowhere/hba.conf'",
            "ident_file = '/nowhere/ident.conf'", "external_pid_file = '\(server.root.path)/pid'",
            "shared_preload_libraries = 'nothere'", "unix_socket_directories = '/nowhere'",
            "ssl = on", "ssl_cert_file = '/nowhere/cert'", "logging_collector = on",
            "log_directory = '\(server.root.path)/logs'", "archive_mode = on",
            "archive_command = 'touch \(server.root.path)/archived'",
            "restore_command = 'touch \(server.root.path)/asked; false'",
            "recovery_end_command = 'touch \(server.root.path)/ended'",
            "archive_cleanup_command = 'touch \(server.root.path)/cleaned'",
            "synchronous_standby_names = 'other'",
        ])
        try server.psql("insert into ledger (note) values ('one')")
        try await cluster.backUp(.direct)
        let control = server.data.appending(path: "global/pg_control")
        let before = try Data(contentsOf: control)
        let pid = server.pid
        let restored = try await cluster.layOut(.latest)
        #expect(try Data(contentsOf: control) == before)
        #expect(server.pid == pid)
        #expect(try server.psql("select count(*) from ledger") == "1")
        for name in ["pid", "archived", "asked", "ended", "cleaned", "logs"] {
            let path = server.root.appending(path: name).path
            #expect(!FileManager.default.fileExists(atPath: path), "\(name)")
        }
        let caution = "careful: its postgresql.conf says data_directory = '\(server.data.path)'"
        #expect(restored.outcome.lines.contains { $0.hasPrefix(caution) })
        #expect(!FileManager.default.fileExists(atPath: restored.server.data.path + "/lifeboat"))
        try restored.server.adoptData(settings: [
            "data_directory": "'\(restored.server.data.path)'", "ssl": "off",
            "hba_file": "'\(restored.server.data.path)/pg_hba.conf'",
            "ident_file": "'\(restored.server.data.path)/pg_ident.conf'",
            "shared_preload_libraries": "''", "logging_collector": "off", "archive_mode": "off",
            "synchronous_standby_names": "''",
        ])
        try restored.server.start()
        #expect(try restored.server.psql("select note from ledger") == "one")
        restored.server.remove()
    }

    @Test func `a configuration that cannot be read is told of, and recovery does without`()
        async throws
    {
        let cluster = try await cluster()
        let server = cluster.server
        defer { server.remove() }
        try server.append(["include 'absent.conf'"])
        try await cluster.backUp(.direct)
        let restored = try await cluster.layOut(.latest)
        defer { restored.server.remove() }
        let line = restored.outcome.lines.first { $0.hasPrefix("careful: its own configuration") }
        #expect(line?.contains("absent.conf") == true, "\(restored.outcome.lines)")
    }

    @Test func `commit timestamps survive recovery`() async throws {
        let server = try PostgresServer.make(settings: ["track_commit_timestamp": "on"])
        defer { server.remove() }
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create table ledger (id serial primary key, note text)")
        try server.psql("insert into ledger (note) values ('one')")
        let query = "select pg_xact_commit_timestamp(xmin) from ledger"
        let expected = try server.psql(query)
        try await cluster.backUp()
        let (restored, _) = try await cluster.restore(.latest)
        #expect(try !expected.isEmpty && restored.psql(query) == expected)
        restored.remove()
    }

    @Test func `a cluster whose limits are above the defaults comes back with what needs them`()
        async throws
    {
        let limits = [
            "max_connections": "300", "max_worker_processes": "40", "max_wal_senders": "40",
            "max_prepared_transactions": "1200", "max_locks_per_transaction": "200",
        ]
        let server = try PostgresServer.make(settings: limits)
        defer { server.remove() }
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create table ledger (n int)")
        try await cluster.receiving {
            try await cluster.backUp()
            // More than a server of its own takes that was told of no more than the usual ones.
            let script = (1...1100).map { number in
                "begin; insert into ledger values (\(number)); prepare transaction 'p\(number)';"
            }
            try server.psql(script.joined(separator: "\n"))
            try await cluster.waitForHeartbeat(after: cluster.now())
        }
        let (restored, outcome) = try await cluster.restore(.latest)
        defer { restored.remove() }
        #expect(outcome.problems.isEmpty)
        #expect(try restored.psql("select count(*) from pg_prepared_xacts") == "1100")
        for (name, value) in limits { #expect(try restored.psql("show \(name)") == value) }
        try restored.psql("commit prepared 'p7'")
        #expect(try restored.psql("select n from ledger") == "7")
    }

    @Test(arguments: [true, false])
    func `a recovery target left over in the configuration ends nothing early`(
        recovers: Bool
    ) async throws {
        let cluster = try await cluster()
        let server = cluster.server
        defer { server.remove() }
        try server.append([
            "recovery_target_time = '2001-01-01 00:00:00+00'",
            "recovery_target_action = 'shutdown'",
        ])
        try server.psql("alter system set recovery_target_time = '2002-02-02 00:00:00+00'")
        let moment = try await cluster.receiving {
            try await cluster.backUp(.direct)
            try server.psql("insert into ledger (note) select 'x' from generate_series(1, 10)")
            let moment = try cluster.now()
            try await cluster.waitForHeartbeat(after: moment)
            try server.psql("insert into ledger (note) select 'y' from generate_series(1, 10)")
            try await cluster.waitForHeartbeat(after: cluster.now())
            return moment
        }
        for (target, count) in [(RecoveryTarget.latest, "20"), (.time(moment), "10")] {
            let (restored, _) = try await cluster.restore(target, recovers: recovers)
            #expect(try restored.psql("select count(*) from ledger") == count)
            restored.remove()
        }
    }

    @Test func `a server that stops before the end of the log is a failure`() async throws {
        let cluster = try await cluster()
        let server = cluster.server
        defer { server.remove() }
        try await cluster.backUp()
        let real = server.binaries.appending(path: "postgres").path
        let early = try binaries(
            cluster,
            """
            case "$*" in
            *recovery_target=*) exec \(real) "$@" -c recovery_target=immediate ;;
            esac
            exec \(real) "$@"
            """
        )
        let fault = await #expect(throws: Fault.self) {
            _ = try await cluster.layOut(.latest, binaries: early)
        }
        #expect(fault?.code == .recoveryFailed)
        #expect(fault?.message.contains("before the end of the log: recovery stopping") == true)
    }

    @Test func `a server that recovers another folder is a failure, and nothing is removed`()
        async throws
    {
        let cluster = try await cluster()
        let server = cluster.server
        defer { server.remove() }
        try await cluster.backUp()
        // It says what a recovered server says, and does nothing.
        let real = server.binaries.appending(path: "postgres").path
        let idle = try binaries(
            cluster,
            """
            case "$*" in
            *recovery_target=*) echo 'LOG:  redo done at F/F'
                echo 'LOG:  database system is ready to accept connections'
                exit 0 ;;
            esac
            exec \(real) "$@"
            """
        )
        let folder = server.root.appending(path: "out")
        let component = PostgresComponent(
            name: "postgres",
            settings: {
                var settings = cluster.settings()
                settings.binaries = idle
                return settings
            }()
        )
        let request = cluster.request(.latest, to: FilePath(folder.path))
        let plan = try await component.planRestore(request)
        let fault = await #expect(throws: Fault.self) {
            _ = try await component.restore(plan, request, progress: .silent)
        }
        #expect(fault?.code == .recoveryFailed)
        #expect(fault?.message.contains("recovery.signal is still there") == true)
        for name in ["lifeboat/fetch.sh", "recovery.signal", "backup_label"] {
            let path = folder.appending(path: name).path
            #expect(FileManager.default.fileExists(atPath: path), "\(name)")
        }
    }

    @Test func `a place whose disk runs full while recovering is empty again`() async throws {
        let cluster = try await cluster()
        let server = cluster.server
        defer { server.remove() }
        try await cluster.backUp()
        let small = server.root.appending(path: "small")
        let disk = try SmallDisk(FilePath(small.path), size: ByteCount(400 << 20))
        defer { disk.unmount() }
        try server.own(small)
        let real = server.binaries.appending(path: "postgres").path
        let full = try binaries(
            cluster,
            """
            case "$*" in
            *recovery_target=*) /bin/dd if=/dev/zero of=\(small.path)/ballast bs=1M 2>/dev/null
                echo 'FATAL:  could not write to file'
                exit 1 ;;
            esac
            exec \(real) "$@"
            """
        )
        var settings = cluster.settings()
        settings.binaries = full
        let component = PostgresComponent(name: "postgres", settings: settings)
        let place = FilePath("\(small.path)/out")
        let request = cluster.request(.latest, to: place)
        let plan = try await component.planRestore(request)
        let fault = await #expect(throws: Fault.self) {
            _ = try await component.restore(plan, request, progress: .silent)
        }
        #expect(fault?.code == .diskFull, "\(fault.map { "\($0)" } ?? "")")
        #expect(fault?.message.contains("could not write to file") == true)
        #expect(try FileSystem.isEmptyDirectory(place) == true)
    }

    @Test func `a restored subscriber leaves its publisher alone, and is told of`() async throws {
        let publisher = try PostgresServer.make(settings: ["wal_level": "logical"])
        defer { publisher.remove() }
        try publisher.start()
        try publisher.psql("create table news (id int primary key)")
        try publisher.psql("create publication all_news for table news")
        let cluster = try await cluster()
        let server = cluster.server
        defer { server.remove() }
        try server.psql("create table news (id int primary key)")
        let source =
            "host=\(publisher.root.path) port=\(publisher.port) user=postgres dbname=postgres"
        try server.psql(
            "create subscription \"my news\" connection '\(source)' publication all_news"
                + " with (slot_name = 'my_news')"
        )
        try await cluster.backUp()
        // The original is away for a moment, and news are waiting for it.
        try server.stop()
        try publisher.psql("insert into news values (1)")
        let query = "select confirmed_flush_lsn, active from pg_replication_slots"
        let before = try publisher.psql(query)
        let restored = try await cluster.layOut(.latest)
        defer { restored.server.remove() }
        #expect(try publisher.psql(query) == before)
        let line = restored.outcome.lines.first { $0.contains("enabled subscriptions (my news)") }
        #expect(line?.contains("max_logical_replication_workers=0") == true)
        try server.start()
        var rows = "0"
        let limit = ContinuousClock.now + .seconds(300)
        while rows == "0", ContinuousClock.now < limit {
            rows = try server.psql("select count(*) from news")
        }
        #expect(rows == "1")
    }
}
