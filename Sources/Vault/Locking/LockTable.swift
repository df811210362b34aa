internal import FoundationEssentials
package import Model
package import ObjectStorage
internal import Sealing
internal import SystemIO
package import SystemPackage

/// What a host knows of the locks of one copy: until when objects are locked that it asked about or prolonged.
///
/// Of an object that was stored since the table began the store's own time tells it: whoever writes to the copy locks what
/// it stores. The file is a cache: without it each object is asked about once.
/// ```
/// lifeboat-locks-1 <vault> <period in seconds> <since, in seconds> LF
/// 24 bytes an object, ordered: the first 16 of the SHA-256 of its name | until when it is locked, in seconds
/// 32 bytes: the SHA-256 of all that
/// ```
/// Memory: 24 bytes an object.
package struct LockTable {
    private struct Entry {
        var key: Key
        var end: Int64
    }

    private struct Key: Comparable {
        let high: UInt64
        let low: UInt64

        init(_ name: ObjectName) {
            let digest = Hashing.sha256(Array(name.text.utf8)).bytes
            high = Self.number(digest[0..<8])
            low = Self.number(digest[8..<16])
        }

        init(_ bytes: ArraySlice<UInt8>) {
            high = LockTable.Key.number(bytes.prefix(8))
            low = LockTable.Key.number(bytes.dropFirst(8).prefix(8))
        }

        static func < (left: Key, right: Key) -> Bool {
            (left.high, left.low) < (right.high, right.low)
        }

        static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
            bytes.reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    /// A host's clock may be this far ahead of the store's.
    private static let skew = Duration.seconds(3_600)
    private static let largest = ByteCount(512 << 20)

    private let term: LockTerm
    private let vault: Digest256
    private let since: Instant
    private var known: [Entry] = []
    private var fresh: [Entry] = []

    /// Begins an empty table: what is stored from now on is locked by whoever stores it.
    package init(_ term: LockTerm, vault: Digest256, at now: Instant) {
        self.term = term
        self.vault = vault
        since = now + Self.skew
    }

    /// Reads a table; nil when there is none, when it is damaged, or when it is of another vault or another term.
    package init?(_ path: FilePath, _ term: LockTerm, vault: Digest256) {
        guard let bytes = try? DurableFile.read(path, limit: Self.largest), bytes.count > 32,
            Hashing.sha256(bytes[..<(bytes.count - 32)]).bytes.elementsEqual(bytes.suffix(32)),
            let line = bytes.firstIndex(of: 10)
        else { return nil }
        let words = String(decoding: bytes[..<line], as: UTF8.self).split(separator: " ")
        let records = bytes[(line + 1)..<(bytes.count - 32)]
        guard words.count == 4, words[0] == "lifeboat-locks-1", words[1] == "\(vault)",
            words[2] == "\(term.period.components.seconds)", let since = Int64(words[3]),
            records.count.isMultiple(of: 24)
        else { return nil }
        self.term = term
        self.vault = vault
        self.since = Instant(seconds: since)
        known.reserveCapacity(records.count / 24)
        for start in stride(from: records.startIndex, to: records.endIndex, by: 24) {
            let end = Key.number(records[(start + 16)..<(start + 24)])
            known.append(
                Entry(key: Key(records[start..<(start + 16)]), end: Int64(clamping: end))
            )
        }
    }

    /// Until when an object is locked, as far as is known; `stored` is when it was, by the store's clock.
    package func end(of name: ObjectName, stored: Instant?) -> Instant? {
        let key = Key(name)
        let index = known.indices.first(from: { known[$0].key >= key })
        if index < known.count, known[index].key == key {
            return Instant(seconds: known[index].end)
        }
        guard let stored, stored >= since else { return nil }
        return stored + term.whole
    }

    /// Notes until when an object is locked; it counts once the table was kept.
    package mutating func note(_ name: ObjectName, end: Instant) {
        fresh.append(Entry(key: Key(name), end: end.seconds))
    }

    /// Puts what was noted in its place, and forgets locks that are over.
    private mutating func settle(at now: Instant) {
        fresh.sort { ($0.key, $1.end) < ($1.key, $0.end) }
        var all: [Entry] = []
        all.reserveCapacity(known.count + fresh.count)
        var rest = known[...]
        for entry in fresh where all.last?.key != entry.key {
            while let next = rest.first, next.key < entry.key {
                all.append(next)
                rest.removeFirst()
            }
            if rest.first?.key == entry.key { rest.removeFirst() }
            all.append(entry)
        }
        all += rest
        known = all.filter { $0.end > now.seconds }
        fresh = []
    }

    /// Writes the table.
    ///
    /// - Throws: `E-IO-…`; the file then is what it was.
    package mutating func keep(at path: FilePath, now: Instant) throws(Fault) {
        settle(at: now)
        let title =
            "lifeboat-locks-1 \(vault) \(term.period.components.seconds) \(since.seconds)\n"
        var bytes = Array(title.utf8)
        bytes.reserveCapacity(bytes.count + known.count * 24 + 32)
        for entry in known {
            for word in [entry.key.high, entry.key.low, UInt64(clamping: entry.end)] {
                bytes += stride(from: 56, through: 0, by: -8).map {
                    UInt8(truncatingIfNeeded: word >> $0)
                }
            }
        }
        bytes += Hashing.sha256(bytes).bytes
        try DurableFile.replace(path, with: bytes, mode: 0o600)
    }
}
