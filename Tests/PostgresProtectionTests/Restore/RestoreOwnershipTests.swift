import Foundation
import Glibc
import Model
import PostgresProtection
import Protection
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Root restores for the account of the server, which may do what it likes meanwhile.
@Suite(.serialized, .ownThreads) struct RestoreOwnershipTests {
    /// Plants links to a file and a folder of root's wherever the account of the server may write.
    ///
    /// `names`: more names than those of the files that only a restore makes.
    private static func script(
        _ folder: String,
        file: String,
        directory: String,
        names: String
    ) -> String {
        """
        names='server.log hba.conf ident.conf present absent fetch.sh 000000010000000000000002
            000000010000000000000003 000000010000000000000004 \(names)'
        while :; do
            for place in "\(folder)" "\(folder)/lifeboat" "\(folder)/lifeboat/wal" "\(folder)/global" \\
                "\(folder).tablespaces" /tmp/lifeboat-[0-9]*-[0-9]*; do
                for name in $names; do ln -sT "\(file)" "$place/$name"; done
                ln -sT "\(directory)" "$place/lifeboat"
                ln -sT "\(directory)" "$place/wal"
                ln -sT "\(directory)" "$place/run"
            done
        done 2>&-
        """
    }

    @Test func `what the server's account plants meanwhile leads root nowhere`() async throws {
        try #require(geteuid() == 0, "these tests restore as root does")
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create table ledger as select g from generate_series(1, 1000) g")
        try await cluster.backUp()
        let file = cluster.scratch.path.appending("victim")
        let directory = cluster.scratch.path.appending("victims")
        try DurableFile.create(file, with: Array("untouched".utf8), mode: 0o600)
        try FileSystem.makeDirectories(directory, mode: 0o755)
        var restored = 0
        for round in 0..<6 {
            let place = server.root.appending(path: "out\(round)")
            // In the worst case the place is there and is the account's own.
            if round % 2 == 0 {
                try FileManager.default.createDirectory(
                    at: place,
                    withIntermediateDirectories: true
                )
                try server.own(place)
            }
            let attack = try ChildProgram(
                [
                    "/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups",
                    "--", "/bin/bash", "-c",
                    Self.script(
                        place.path,
                        file: file.string,
                        directory: directory.string,
                        names: round % 2 == 0 ? "recovery.signal backup_label pg_control" : ""
                    ),
                ],
                environment: ["PATH": "/usr/bin:/bin"],
                directory: server.root.path
            )
            let request = cluster.request(.latest, to: FilePath(place.path))
            do throws(Fault) {
                let component = cluster.component()
                let plan = try await component.planRestore(request)
                _ = try await component.restore(plan, request, progress: .silent)
                restored += 1
            } catch {
                // In a place that is its own, the account may be in the way; that is all.
                #expect(round % 2 == 0, "\(error.message)")
            }
            attack.terminate()
            attack.wait()
            let text = try DurableFile.read(file, limit: ByteCount(1 << 20))
            #expect(text == Array("untouched".utf8))
            let owner = try FileSystem.status(file)?.owner
            #expect(owner == 0)
            let planted = try FileSystem.isEmptyDirectory(directory)
            #expect(planted == true)
            let holder = try FileSystem.status(directory)?.owner
            #expect(holder == 0)
        }
        #expect(restored >= 3)
    }

    @Test(arguments: ["out", "out.tablespaces", "out.tablespaces/OID", "mapped"])
    func `a link of the server's account is refused before anything is restored`(
        name: String
    ) async throws {
        try #require(geteuid() == 0, "these tests restore as root does")
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let space = server.root.appending(path: "space")
        let account = server.root.appending(path: "account")
        for folder in [space, account, account.appending(path: "out.tablespaces")] {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try server.own(folder)
        }
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create tablespace space location '\(space.path)'")
        try server.psql("create table ledger (note text) tablespace space")
        try await cluster.backUp()
        let oid = try server.psql("select oid from pg_tablespace where spcname = 'space'")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let victim = cluster.scratch.path.appending("victim")
        try FileSystem.makeDirectories(victim, mode: 0o755)
        let home = FilePath(account.path)
        if name == "out.tablespaces" { try FileSystem.removeTree(home.appending(name)) }
        try PlantedLink.make(
            at: FilePath("\(home)/\(name.replacing("OID", with: oid))"),
            to: victim,
            of: Account.named("postgres")
        )
        var request = cluster.request(.latest, to: home.appending("out"))
        if name == "mapped" { request.tablespaces = [space.path: home.appending(name)] }
        let fault = await #expect(throws: Fault.self) {
            _ = try await cluster.component().planRestore(request)
        }
        #expect(fault?.code == .restoreNotEmpty)
        #expect(try FileSystem.status(victim)?.owner == 0)
        #expect(try FileSystem.status(victim)?.mode == 0o755)
        #expect(try FileSystem.isEmptyDirectory(victim) == true)
    }

    @Test func `what is left of an earlier restore's tablespaces is refused in the plan`()
        async throws
    {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        try await cluster.backUp()
        let place = cluster.scratch.path.appending("out")
        let left = FilePath("\(place).tablespaces/16384")
        try FileSystem.makeDirectories(left, mode: 0o700)
        try DurableFile.create(left.appending("left"), with: [1], mode: 0o600)
        let fault = await #expect(throws: Fault.self) {
            _ = try await cluster.component().planRestore(cluster.request(.latest, to: place))
        }
        #expect(fault?.code == .restoreNotEmpty)
        #expect(try FileSystem.status(place) == nil)
    }

    @Test func `everything belongs to the server's account in the end, and nobody else enters`()
        async throws
    {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        try await cluster.backUp()
        let account = try Account.named("postgres")
        for recovers in [true, false] {
            let restored = try await cluster.layOut(.latest, recovers: recovers)
            let root = restored.server.data.path
            let status = try #require(try FileSystem.status(FilePath(root)))
            #expect(status.mode & 0o777 == 0o700 && status.owner == account.uid)
            for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
                let status = try FileSystem.status(FilePath("\(root)/\(name)"))
                #expect(status?.owner == account.uid && status?.group == account.gid, "\(name)")
            }
            restored.server.remove()
        }
    }
}
