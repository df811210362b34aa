public import Model

/// Says which files bring a snapshot back into a stopped Redis server.
///
/// A server with `appendonly yes` reads only its append-only files and silently ignores `dump.rdb`;
/// at its end it overwrites `dump.rdb` with what little it has. So the RDB becomes the base of the
/// append-only files:
///
/// ```
/// appendonly yes:  <appenddirname>/<appendfilename>.1.base.rdb   the RDB
///                  <appenddirname>/<appendfilename>.manifest   file … seq 1 type b
/// appendonly no:   <dbfilename>                                  the RDB
/// ```
///
/// The folder named by `appenddirname` must hold nothing else, and the data folder no other
/// `dbfilename`. The names are those of Redis 7.0 and later. Source: `aof.c`.
public enum RedisRestoreFiles {
    /// The files in the order in which to write them: the one that makes the others count comes
    /// last.
    ///
    /// - Throws: `redisRestoreFiles` when a name in the settings is not a plain file name.
    public static func files(
        for settings: RedisPersistenceSettings
    ) throws(Fault) -> [RedisRestoreFile] {
        guard settings.isAppendOnly else {
            let name = try plain(settings.databaseFile, "dbfilename")
            return [RedisRestoreFile(path: name, content: .rdb)]
        }
        let folder = try plain(settings.appendDirectory, "appenddirname")
        let file = try plain(settings.appendFile, "appendfilename")
        let base = "\(file).1.base.rdb"
        let manifest = "file \(quoted(base)) seq 1 type b\n"
        return [
            RedisRestoreFile(path: "\(folder)/\(base)", content: .rdb),
            RedisRestoreFile(
                path: "\(folder)/\(file).manifest",
                content: .literal(Array(manifest.utf8))
            ),
        ]
    }

    /// A name that stays in its folder and that the manifest can hold.
    private static func plain(_ name: String, _ setting: String) throws(Fault) -> String {
        let isPlain = name.utf8.allSatisfy { 0x20...0x7E ~= $0 && $0 != UInt8(ascii: "/") }
        guard isPlain, !name.isEmpty, name != ".", name != ".." else {
            throw Fault(
                .redisRestoreFiles,
                "unable to restore the files of Redis: its setting \(setting) is not a file name",
                hints: ["Correct it in redis.conf: a plain name without a slash."]
            )
        }
        return name
    }

    /// The name as the manifest writes it: in quotes where it has blanks, quotes or backslashes.
    private static func quoted(_ name: String) -> String {
        guard name.contains(where: { " \"\\'".contains($0) }) else { return name }
        let escaped = name.map { "\"\\".contains($0) ? "\\\($0)" : "\($0)" }.joined()
        return "\"\(escaped)\""
    }
}
