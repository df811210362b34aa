package import Model
internal import SystemIO
package import SystemPackage

/// A hash table of piece locations in a mapped file: open addressing, linear probing, at most 60 percent full.
///
/// ```
/// 0     8    "LBTABLE2"
/// 8     8    number of slots
/// 16    8    used slots
/// 24    32   SHA-256 of the snapshot object that it reflects
/// 56    32   vault id
/// 88    8    number of worn packs, at most 500
/// 96    8 a worn pack: its prefix
/// 4096  40 a slot: id (16) | pack (8) | frame (4) | start (4) | length (4) | check (4); length 0 is an empty slot,
///       and its highest bit tells a piece of a manifest
/// ```
/// Numbers are in the machine's order: the file is a cache of this machine and is rebuilt from the vault when it is lost.
/// A slot whose check does not fit is passed over: a bit that flips on this machine costs room, not a backup.
package final class DedupTable {
    private static let magic = Array("LBTABLE2".utf8)
    private static let headerBytes = 4096
    private static let slotBytes = 40
    private static let manifestBit: UInt32 = 1 << 31

    package private(set) var path: FilePath
    private var file: MappedFile
    private var slots: Int
    package private(set) var used: Int
    /// Packs whose content is to be stored again; see ``PackWear``.
    package private(set) var worn: [UInt64] = []

    /// Makes an empty table at a path, replacing what is there.
    package init(creating path: FilePath, slots: Int = 256) throws(Fault) {
        self.path = path
        self.slots = slots
        used = 0
        try FileSystem.removeFile(path)
        file = try MappedFile(path, size: Self.headerBytes + slots * Self.slotBytes, create: true)
    }

    /// Opens the table that reflects a snapshot; nil when there is none, it reflects another, or it is damaged.
    package init?(opening path: FilePath, reflecting head: Digest256, vault: Digest256) {
        guard let status = try? FileSystem.status(path), status.size >= Int64(Self.headerBytes),
            let file = try? MappedFile(path, size: Int(status.size), create: false)
        else { return nil }
        let header = unsafe file.withBytes { unsafe Array($0.prefix(Self.headerBytes)) }
        let number = { (offset: Int) in
            header[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        guard header.starts(with: Self.magic), header[24..<56].elementsEqual(head.bytes),
            header[56..<88].elementsEqual(vault.bytes), header[15] == 0, header[23] == 0,
            number(8) > 0, number(8) & (number(8) - 1) == 0, number(16) < number(8),
            Self.headerBytes + number(8) * Self.slotBytes == Int(status.size)
        else { return nil }
        self.path = path
        self.file = file
        slots = number(8)
        used = number(16)
        worn = (0..<min(number(88), PackWear.limit)).map {
            UInt64(bitPattern: Int64(number(96 + $0 * 8)))
        }
    }

    /// Opens a table that its writer did not come to publish, to be read with ``forEach(_:)``; nil when there is none.
    ///
    /// Slots that did not reach the disk are passed over, as damaged ones are.
    package init?(recovering path: FilePath) {
        guard let status = try? FileSystem.status(path), status.isRegular else { return nil }
        let room = Int(status.size) - Self.headerBytes
        guard room > 0, room.isMultiple(of: Self.slotBytes),
            let file = try? MappedFile(path, size: Int(status.size), create: false)
        else { return nil }
        self.path = path
        self.file = file
        slots = room / Self.slotBytes
        used = 0
    }

    /// The location of an id.
    package func find(_ id: ContentID) -> PieceLocation? {
        unsafe file.withBytes { bytes in
            var slot = Self.slot(of: id, slots: slots)
            for _ in 0..<slots {
                guard let entry = unsafe Self.entry(bytes, slot) else { return nil }
                if entry.id == id { return entry.isWhole ? entry.location : nil }
                slot = (slot + 1) & (slots - 1)
            }
            return nil
        }
    }

    /// Adds a location; an id that is there keeps the one it has.
    package func insert(_ id: ContentID, _ location: PieceLocation) throws(Fault) {
        precondition(
            (1..<Self.manifestBit).contains(location.length),
            "a piece has 1 byte to 2 GiB"
        )
        if used * 10 >= slots * 6 { try grow() }
        unsafe file.withBytes { bytes in
            if unsafe Self.insert(id, location, bytes, slots: slots) { used += 1 }
        }
    }

    /// Every id with its location.
    package func forEach(_ body: (ContentID, PieceLocation) throws(Fault) -> Void) throws(Fault) {
        var slot = 0
        while let used = nextUsed(from: slot) {
            let entry = unsafe file.withBytes { bytes in unsafe Self.entry(bytes, used) }
            if let entry, entry.isWhole { try body(entry.id, entry.location) }
            slot = used + 1
        }
    }

    /// The first slot from one on that is not empty; most are.
    private func nextUsed(from slot: Int) -> Int? {
        unsafe file.withBytes { bytes in
            (slot..<slots).first { slot in
                let place = Self.headerBytes + slot * Self.slotBytes + 32
                return unsafe bytes.load(fromByteOffset: place, as: UInt32.self) > 0
            }
        }
    }

    /// Stamps the table as reflecting a snapshot some of whose packs are worn, and moves it to its lasting place.
    package func publish(
        as target: FilePath,
        reflecting head: Digest256,
        vault: Digest256,
        worn: [UInt64]
    ) throws(Fault) {
        precondition(worn.count <= PackWear.limit, "the header holds no more")
        self.worn = worn
        unsafe file.withBytes { bytes in
            let header =
                Self.magic + Self.bytes([UInt64(slots), UInt64(used)]) + head.bytes + vault.bytes
                + Self.bytes([UInt64(worn.count)] + worn)
            for (offset, byte) in header.enumerated() {
                unsafe bytes.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
            }
        }
        try file.synchronize()
        try FileSystem.rename(path, to: target)
        path = target
    }

    private static func bytes(_ numbers: [UInt64]) -> [UInt8] {
        numbers.flatMap { value in
            stride(from: 0, to: 64, by: 8).map { UInt8(truncatingIfNeeded: value >> $0) }
        }
    }

    private func grow() throws(Fault) {
        let larger = try DedupTable(creating: FilePath(path.string + ".grow"), slots: slots * 2)
        try forEach { id, location throws(Fault) in try larger.insert(id, location) }
        try FileSystem.rename(larger.path, to: path)
        file = larger.file
        slots = larger.slots
        used = larger.used
    }

    private static func slot(of id: ContentID, slots: Int) -> Int {
        Int(truncatingIfNeeded: id.low) & (slots - 1)
    }

    /// What a slot holds; nil when it is empty.
    private static func entry(
        _ bytes: UnsafeMutableRawBufferPointer,
        _ slot: Int
    ) -> (id: ContentID, location: PieceLocation, isWhole: Bool)? {
        let base = headerBytes + slot * slotBytes
        let length = unsafe bytes.load(fromByteOffset: base + 32, as: UInt32.self)
        guard length > 0 else { return nil }
        let id = unsafe ContentID(
            high: bytes.load(fromByteOffset: base, as: UInt64.self),
            low: bytes.load(fromByteOffset: base + 8, as: UInt64.self)
        )
        let location = unsafe PieceLocation(
            pack: bytes.load(fromByteOffset: base + 16, as: UInt64.self),
            frame: bytes.load(fromByteOffset: base + 24, as: UInt32.self),
            start: bytes.load(fromByteOffset: base + 28, as: UInt32.self),
            length: length & ~manifestBit,
            isManifest: length & manifestBit != 0
        )
        let stored = unsafe bytes.load(fromByteOffset: base + 36, as: UInt32.self)
        return (id, location, stored == check(id, location))
    }

    /// A hash of a slot against accidents, not against people.
    private static func check(_ id: ContentID, _ location: PieceLocation) -> UInt32 {
        let words = [
            id.high, id.low, location.pack, UInt64(location.frame) << 32 | UInt64(location.start),
            UInt64(word(location)),
        ]
        var hash: UInt64 = 0
        for word in words {
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
        }
        return UInt32(truncatingIfNeeded: hash >> 32)
    }

    /// Length and kind of a piece, as a slot holds them.
    private static func word(_ location: PieceLocation) -> UInt32 {
        location.isManifest ? location.length | manifestBit : location.length
    }

    private static func insert(
        _ id: ContentID,
        _ location: PieceLocation,
        _ bytes: UnsafeMutableRawBufferPointer,
        slots: Int
    ) -> Bool {
        var slot = slot(of: id, slots: slots)
        while let entry = unsafe entry(bytes, slot) {
            if entry.id == id { return false }
            slot = (slot + 1) & (slots - 1)
        }
        let base = headerBytes + slot * slotBytes
        let numbers = [location.frame, location.start, word(location), check(id, location)]
        for (index, word) in [id.high, id.low, location.pack].enumerated() {
            unsafe bytes.storeBytes(of: word, toByteOffset: base + index * 8, as: UInt64.self)
        }
        for (index, number) in numbers.enumerated() {
            unsafe bytes.storeBytes(
                of: number,
                toByteOffset: base + 24 + index * 4,
                as: UInt32.self
            )
        }
        return true
    }
}
