import Model
import RedisWire
import Testing

@Suite struct RedisRestoreFilesTests {
    @Test func `with append-only files the RDB becomes their base`() throws {
        let files = try RedisRestoreFiles.files(for: RedisPersistenceSettings(isAppendOnly: true))
        let manifest = "file appendonly.aof.1.base.rdb seq 1 type b\n"
        #expect(
            files == [
                RedisRestoreFile(path: "appendonlydir/appendonly.aof.1.base.rdb", content: .rdb),
                RedisRestoreFile(
                    path: "appendonlydir/appendonly.aof.manifest",
                    content: .literal(Array(manifest.utf8))
                ),
            ]
        )
    }

    @Test func `without append-only files the RDB is the database file`() throws {
        let settings = RedisPersistenceSettings(isAppendOnly: false, databaseFile: "d.rdb")
        #expect(
            try RedisRestoreFiles.files(for: settings)
                == [RedisRestoreFile(path: "d.rdb", content: .rdb)]
        )
    }

    @Test func `a name with blanks stands in quotes`() throws {
        let settings = RedisPersistenceSettings(isAppendOnly: true, appendFile: "my \"a\".aof")
        let file = try #require(try RedisRestoreFiles.files(for: settings).last)
        let text = "file \"my \\\"a\\\".aof.1.base.rdb\" seq 1 type b\n"
        #expect(file.content == .literal(Array(text.utf8)))
        #expect(file.path == "appendonlydir/my \"a\".aof.manifest")
    }

    @Test(arguments: ["", ".", "..", "../x", "a/b", "a\nb", "ü"])
    func `a name that leaves its folder is refused`(name: String) {
        for settings in [
            RedisPersistenceSettings(isAppendOnly: false, databaseFile: name),
            RedisPersistenceSettings(isAppendOnly: true, appendFile: name),
            RedisPersistenceSettings(isAppendOnly: true, appendDirectory: name),
        ] {
            let fault = #expect(throws: Fault.self) {
                try RedisRestoreFiles.files(for: settings)
            }
            #expect(fault?.code == .redisRestoreFiles)
        }
    }
}
