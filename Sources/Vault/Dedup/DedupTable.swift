internal import Model
internal import SystemIO
internal import SystemPackage

/// A hash table of piece locations in a mapped file: open addressing, linear probing, at most 60 percent full.
///
/// ```
/// 0     8    "LBTABLE1"
/// 8     8    number of slots
/// 16    8    used slots
/// 24    32   SHA-256 of the snapshot object that it reflects
/// 56    32   vault id
/// 4096  40 a slot: id (16) | pack (8) | frame (4) | start (4) | length (4) | zero (4); length 0 is an empty slot
/// ```
/// Numbers are in the machine's order: the file is a cache of this machine and is rebuilt from the vault when it is lost.
final class DedupTable {
    private static let magic = Array("LBTABLE1".utf8)
    private static let headerBytes = 4096
    private static let slotBytes = 40

    private(set) var path: FilePath
    private var file: MappedFile
    private var slots: Int
    private(set) var used: Int

    /// Makes an empty table at a path, replacing what is there.
    init(creating path: FilePath, slots: Int = 4096) throws(Fault) {
        self.path = path
        self.slots = slots
        used = 0
        try FileSystem.removeFile(path)
        file = try MappedFile(path, size: Self.headerBytes + slots * Self.slotBytes, create: true)
    }

    /// Opens the table that reflects a snapshot; nil when there is none, it reflects another, or it is damaged.
    init?(opening path: FilePath, reflecting head: Digest256, vault: Digest256) {
        guard let status = try? FileSystem.status(path), status.size >= Int64(Self.headerBytes),
            let file = try? MappedFile(path, size: Int(status.size), create: false)
        else { return nil }
        let header = unsafe file.withBytes { unsafe Array($0.prefix(88)) }
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
    }

    /// The location of an id.
    func find(_ id: ContentID) -> PieceLocation? {
        unsafe file.withBytes { bytes in
            var slot = Self.slot(of: id, slots: slots)
            while true {
                let base = Self.headerBytes + slot * Self.slotBytes
                let length = unsafe bytes.load(fromByteOffset: base + 32, as: UInt32.self)
                if length == 0 { return nil }
                if unsafe bytes.load(fromByteOffset: base, as: UInt64.self) == id.high,
                    unsafe bytes.load(fromByteOffset: base + 8, as: UInt64.self) == id.low
                {
                    return unsafe Self.location(bytes, base)
                }
                slot = (slot + 1) & (slots - 1)
            }
        }
    }

    /// Adds a location; an id that is there keeps the one it has.
    func insert(_ id: ContentID, _ location: PieceLocation) throws(Fault) {
        precondition(location.length > 0, "an empty piece has no place")
        if used * 10 >= slots * 6 { try grow() }
        unsafe file.withBytes { bytes in
            if unsafe Self.insert(id, location, bytes, slots: slots) { used += 1 }
        }
    }

    /// Every id with its location.
    func forEach(_ body: (ContentID, PieceLocation) throws(Fault) -> Void) throws(Fault) {
        for slot in 0..<slots {
            let entry: (ContentID, PieceLocation)? = unsafe file.withBytes { bytes in
                let base = Self.headerBytes + slot * Self.slotBytes
                guard unsafe bytes.load(fromByteOffset: base + 32, as: UInt32.self) > 0 else {
                    return nil
                }
                let id = unsafe ContentID(
                    high: bytes.load(fromByteOffset: base, as: UInt64.self),
                    low: bytes.load(fromByteOffset: base + 8, as: UInt64.self)
                )
                return unsafe (id, Self.location(bytes, base))
            }
            if let entry { try body(entry.0, entry.1) }
        }
    }

    /// Stamps the table as reflecting a snapshot, and moves it to its lasting place.
    func publish(as target: FilePath, reflecting head: Digest256, vault: Digest256) throws(Fault) {
        unsafe file.withBytes { bytes in
            let numbers = [slots, used].flatMap { value in
                stride(from: 0, to: 64, by: 8).map { UInt8(truncatingIfNeeded: value >> $0) }
            }
            let header = Self.magic + numbers + head.bytes + vault.bytes
            for (offset, byte) in header.enumerated() {
                unsafe bytes.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
            }
        }
        try file.synchronize()
        try FileSystem.rename(path, to: target)
        path = target
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

    private static func location(_ bytes: UnsafeMutableRawBufferPointer, _ base: Int)
        -> PieceLocation
    {
        unsafe PieceLocation(
            pack: bytes.load(fromByteOffset: base + 16, as: UInt64.self),
            frame: bytes.load(fromByteOffset: base + 24, as: UInt32.self),
            start: bytes.load(fromByteOffset: base + 28, as: UInt32.self),
            length: bytes.load(fromByteOffset: base + 32, as: UInt32.self)
        )
    }

    private static func insert(
        _ id: ContentID,
        _ location: PieceLocation,
        _ bytes: UnsafeMutableRawBufferPointer,
        slots: Int
    ) -> Bool {
        var slot = slot(of: id, slots: slots)
        while true {
            let base = headerBytes + slot * slotBytes
            if unsafe bytes.load(fromByteOffset: base + 32, as: UInt32.self) == 0 {
                unsafe bytes.storeBytes(of: id.high, toByteOffset: base, as: UInt64.self)
                unsafe bytes.storeBytes(of: id.low, toByteOffset: base + 8, as: UInt64.self)
                unsafe bytes.storeBytes(of: location.pack, toByteOffset: base + 16, as: UInt64.self)
                unsafe bytes.storeBytes(
                    of: location.frame,
                    toByteOffset: base + 24,
                    as: UInt32.self
                )
                unsafe bytes.storeBytes(
                    of: location.start,
                    toByteOffset: base + 28,
                    as: UInt32.self
                )
                unsafe bytes.storeBytes(
                    of: location.length,
                    toByteOffset: base + 32,
                    as: UInt32.self
                )
                return true
            }
            if unsafe bytes.load(fromByteOffset: base, as: UInt64.self) == id.high,
                unsafe bytes.load(fromByteOffset: base + 8, as: UInt64.self) == id.low
            {
                return false
            }
            slot = (slot + 1) & (slots - 1)
        }
    }
}
