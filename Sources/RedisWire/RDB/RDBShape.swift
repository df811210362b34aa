/// How the content of an RDB record is laid out; enough to step over it without keeping it.
///
/// ```
/// RDB     = "REDIS" version(4 digits) | "VALKEY" version(3 digits)
///           record* 0xFF checksum(8, little-endian, from version 5 on)
/// record  = opcode content                      0xF4...0xFE
///         | type key:string value               0x00...0x19
/// length  = 00xxxxxx | 01xxxxxx byte | 10000000 4 bytes BE | 10000001 8 bytes BE
/// string  = length bytes
///         | 11000000 1 byte | 11000001 2 bytes | 11000010 4 bytes         (numbers)
///         | 11000011 compressed:length plain:length compressed bytes      (LZF)
/// ```
///
/// Redis 7.4 and Valkey 9 gave the same types different layouts, see ``RDBDialect``.
///
/// Sources: `rdb.h`, `rdb.c` of Redis 2.4 to 8.2, `rdb.h` of Valkey 9.
indirect enum RDBShape {
    /// A string of any kind.
    case string
    /// A string of any kind that is a key; its value follows.
    case key
    /// A string of exactly 16 plain bytes: the id that begins a part of a stream.
    case streamID
    /// A length or a number written like one.
    case length
    /// How a node of a list is stored: 1 plain, 2 packed.
    case container
    /// So many bytes.
    case bytes(Int)
    /// A moment in 8 bytes, in milliseconds since 1970: when a field of a hash expires.
    case fieldExpiry
    /// How long behind the first of its hash a field expires, in milliseconds plus one; 0 for never.
    case fieldDelay
    /// A listpack of fields, values and moments, as one string.
    case fieldPack
    /// A score of a sorted set as text, the way it was written up to version 7.
    case textScore
    /// A length, then the shapes that many times.
    case repeated([RDBShape])
    /// The 64-bit id of a module's type, which holds its name.
    case moduleID
    /// The moment of a module's record, a number marked as one.
    case moduleMoment
    /// What a module wrote, each item with its kind, up to the end mark.
    case moduleItems
    /// The name of a fact about the whole RDB; its value follows.
    case factName
    /// The value of a fact about the whole RDB.
    case factValue
    /// The number of the database that the next keys belong to.
    case database
    /// When the next key expires, in so many bytes: 4 for seconds, 8 for milliseconds.
    case expiry(Int)
    /// A function library.
    case function
    /// The checksum.
    case checksum
}

extension RDBShape {
    /// What follows an opcode or a type byte; nil when the dialect has no such byte.
    static func content(after byte: UInt8, in dialect: RDBDialect) -> [RDBShape]? {
        switch byte {
        case 244: [.length, .length, .length]  // SLOT_INFO: slot, keys, expiring keys
        case 245: [.function]  // FUNCTION2
        case 247: [.moduleID, .moduleMoment, .moduleItems]  // MODULE_AUX
        case 248: [.length]  // IDLE
        case 249: [.bytes(1)]  // FREQ
        case 250: [.factName, .factValue]  // AUX
        case 251: [.length, .length]  // RESIZEDB: keys, expiring keys
        case 252: [.expiry(8)]  // EXPIRETIME_MS
        case 253: [.expiry(4)]  // EXPIRETIME
        case 254: [.database]  // SELECTDB
        case 255: [.checksum]  // EOF
        default: value(ofType: byte, in: dialect).map { [.key] + $0 }
        }
    }

    /// The layout of a value, without its key.
    private static func value(ofType type: UInt8, in dialect: RDBDialect) -> [RDBShape]? {
        switch type {
        case 0: [.string]  // STRING
        case 1, 2: [.repeated([.string])]  // LIST, SET
        case 3: [.repeated([.string, .textScore])]  // ZSET
        case 4: [.repeated([.string, .string])]  // HASH
        case 5: [.repeated([.string, .bytes(8)])]  // ZSET_2
        case 7: [.moduleID, .moduleItems]  // MODULE_2
        case 9...13: [.string]  // zipmap, ziplists, intset
        case 14: [.repeated([.string])]  // LIST_QUICKLIST
        case 15: stream(version: 1)  // STREAM_LISTPACKS
        case 16, 17, 20: [.string]  // listpacks of hash, sorted set, set
        case 18: [.repeated([.container, .string])]  // LIST_QUICKLIST_2
        case 19: stream(version: 2)  // STREAM_LISTPACKS_2
        case 21: stream(version: 3)  // STREAM_LISTPACKS_3
        default: expiringHash(ofType: type, in: dialect)
        }
    }

    /// Hashes whose fields expire.
    private static func expiringHash(
        ofType type: UInt8,
        in dialect: RDBDialect
    ) -> [RDBShape]? {
        switch (dialect, type) {
        case (.valkey, 22): [.repeated([.string, .string, .fieldExpiry])]
        case (.valkey, _): nil
        // What Redis 7.4 wrote before its release.
        case (.redis, 22): [.repeated([.length, .string, .string])]
        case (.redis, 23): [.string]
        // The first moment, then each field's own, counted from it; 0 for none.
        case (.redis, 24): [.fieldExpiry, .repeated([.fieldDelay, .string, .string])]
        case (.redis, 25): [.fieldExpiry, .fieldPack]
        default: nil
        }
    }

    /// A stream; version 2 (Redis 7.0) adds counters, version 3 (Redis 7.2) when a consumer was
    /// last active.
    private static func stream(version: Int) -> [RDBShape] {
        let entryID: [RDBShape] = [.length, .length]
        let consumer: [RDBShape] =
            [.string, .bytes(version >= 3 ? 16 : 8), .repeated([.bytes(16)])]
        let pending: [RDBShape] = [.bytes(16), .bytes(8), .length]
        let group: [RDBShape] =
            [.string] + entryID + (version >= 2 ? [.length] : [])
            + [.repeated(pending), .repeated(consumer)]
        // From version 2 on: the first id, the greatest deleted id, how many entries were ever
        // added.
        let counters: [RDBShape] = version >= 2 ? entryID + entryID + [.length] : []
        return [.repeated([.streamID, .string]), .length] + entryID + counters
            + [.repeated(group)]
    }
}
