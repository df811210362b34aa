import PostgresWire
import Testing

@Suite struct PathTests {
    @Test func `relation files are recognised`() throws {
        let heap = try #require(RelationFile(path: "base/16384/2619"))
        #expect(heap.tablespace == 1663 && heap.database == 16_384 && heap.number == 2619)
        #expect(heap.fork == .main && heap.segment == 0 && heap.firstBlock == 0)
        let map = try #require(RelationFile(path: "base/16384/2619_fsm.2"))
        #expect(map.fork == .freeSpaceMap && map.firstBlock == 262_144)
        #expect(RelationFile(path: "global/1262_vm")?.fork == .visibilityMap)
        #expect(RelationFile(path: "global/1262")?.tablespace == 1664)
        let far = try #require(
            RelationFile(path: "pg_tblspc/16400/PG_15_202209061/5/16500_init")
        )
        #expect(far.tablespace == 16_400 && far.database == 5 && far.fork == .initial)
        let last = try #require(RelationFile(path: "base/1/1.32767"))
        #expect(last.firstBlock == UInt32(4_294_836_224))
    }

    @Test(arguments: [
        "", "base", "base/1", "base/1/", "base/1/t3_16400", "base/1/PG_VERSION", "base/x/1",
        "base/1/1.0", "base/1/1.01", "base/1/1.32768", "base/1/1_main", "base/1/1_fsm_vm",
        "base/1/01", "base/1/4294967296", "base/1/1/1", "global/pg_control",
        "global/pg_filenode.map", "pg_tblspc/1/2/3/4", "pg_tblspc/x/PG_15/3/4", "/base/1/1",
        "pg_wal/000000010000000000000001", "base/1/-1", "base/1/+1", "base/1/١",
    ])
    func `other files are not`(path: String) { #expect(RelationFile(path: path) == nil) }

    private let rules = BackupExclusions(tablespaceDirectory: "PG_15_202209061")

    @Test(arguments: [
        "postmaster.pid", "postmaster.opts", "backup_label", "backup_label.old", "tablespace_map",
        "tablespace_map.old", "backup_manifest", "current_logfiles.tmp",
        "postgresql.auto.conf.tmp", "base/pgsql_tmp", "base/pgsql_tmp/pgsql_tmp12.0",
        "global/pg_internal.init", "base/5/pg_internal.init.123", "base/5/t3_16400",
        "base/5/t12_16400_fsm", "base/5/t3_16400.1", "pg_tblspc/16400/PG_14_202107181",
        "pg_tblspc/16400/PG_15_202209061/5/t3_99", "pg_tblspc/16400/PG_15_202209061/pgsql_tmp",
    ])
    func `what the server leaves out is left out`(path: String) {
        #expect(rules.decision(for: path) == .exclude)
    }

    @Test(arguments: [
        "pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots",
        "pg_stat_tmp", "pg_subtrans",
    ])
    func `directories that the server empties are kept`(path: String) {
        #expect(rules.decision(for: path) == .emptyDirectory)
    }

    @Test(arguments: [
        "PG_VERSION", "postgresql.auto.conf", "pg_xact/0000", "base", "base/5", "base/5/PG_VERSION",
        "base/5/16400_init", "base/5/pg_filenode.map", "global/1262", "pg_stat", "pg_logical",
        "pg_tblspc", "pg_tblspc/16400", "pg_tblspc/16400/PG_15_202209061", "base/5/table_1",
        "base/5/t3x_1", "global/t3_1", "current_logfiles", "log/t1_1",
    ])
    func `everything else is copied`(path: String) {
        #expect(rules.decision(for: path) == .include)
    }

    @Test func `relations are copied unless they are unlogged, the control file last`() {
        #expect(
            rules.decision(for: "base/5/16400_vm.3")
                == .includeUnless(initialFork: "base/5/16400_init")
        )
        #expect(
            rules.decision(for: "pg_tblspc/16400/PG_15_202209061/5/7")
                == .includeUnless(initialFork: "pg_tblspc/16400/PG_15_202209061/5/7_init")
        )
        #expect(rules.decision(for: "global/pg_control") == .last)
        #expect(BackupExclusions.requiredDirectories(version: 150_000) == ["pg_wal/archive_status"])
        #expect(BackupExclusions.requiredDirectories(version: 180_001).count == 2)
    }
}
