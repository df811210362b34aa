package import Model
package import PostgresWire
internal import Sealing
internal import SystemIO
package import SystemPackage

/// Maps of what the log changed, one file a segment, in a folder of this host.
///
/// It is a cache: what is lost, or not what it was, leads to a full reading.
///
/// ```
/// <timeline, 8 hexadecimal digits>-<segment, 16>
///
/// 0     8    "LBLOGMAP"
/// 8     32   SHA-256 of all that follows
/// 40    8    the cluster's identity
/// 48    8    where the last whole record begins; 0 for none
/// 56    …    the map (`BlockMap.encoded()`)
/// ```
/// Numbers are big-endian. One process writes, the one that holds the lock of the stream's log; others read and remove.
package struct MapFolder: Sendable {
    /// What one file holds.
    package struct Sheet: Sendable {
        /// What changed.
        package let map: BlockMap
        /// Where the last whole record begins.
        package let lastRecord: LSN?

        package init(map: BlockMap, lastRecord: LSN?) {
            self.map = map
            self.lastRecord = lastRecord
        }
    }

    /// A file's name.
    package struct Name: Sendable, Hashable, Comparable {
        package let timeline: UInt32
        package let segment: UInt64

        package var text: String {
            Self.digits(UInt64(timeline), 8) + "-" + Self.digits(segment, 16)
        }

        package init(timeline: UInt32, segment: UInt64) {
            self.timeline = timeline
            self.segment = segment
        }

        init?(_ text: String) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let timeline = UInt32(parts[0], radix: 16),
                let segment = UInt64(parts[1], radix: 16)
            else { return nil }
            self.init(timeline: timeline, segment: segment)
            guard self.text == text else { return nil }
        }

        package static func < (left: Name, right: Name) -> Bool {
            (left.timeline, left.segment) < (right.timeline, right.segment)
        }

        private static func digits(_ number: UInt64, _ count: Int) -> String {
            let text = String(number, radix: 16)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
    }

    private static let magic = Array("LBLOGMAP".utf8)
    private static let headBytes = 56
    private static let limit = ByteCount(256 << 20)
    /// How many segments of a timeline are kept: 1 TiB of log in segments of the standard size.
    static let segments: UInt64 = 65_536

    /// Where it is.
    package let path: FilePath
    private let systemIdentifier: UInt64

    /// The folder of a stream; it need not exist.
    package init(_ state: FilePath, stream: StreamName, systemIdentifier: UInt64) {
        path = state.appending("\(stream).maps")
        self.systemIdentifier = systemIdentifier
    }

    /// Writes the file of a segment, replacing it in one step; it is not synchronised.
    package func store(_ sheet: Sheet, as name: Name) throws(Fault) {
        try FileSystem.makeDirectories(path, mode: 0o700)
        var rest = Self.bytes(systemIdentifier) + Self.bytes(sheet.lastRecord?.value ?? 0)
        rest += sheet.map.encoded()
        let new = path.appending("new")
        let file = try Descriptor.open(new, .write, create: .ifMissing(0o600), truncate: true)
        try file.write(Self.magic + Hashing.sha256(rest).bytes + rest, at: 0)
        try file.close()
        try FileSystem.rename(new, to: path.appending(name.text))
        if name.segment >= Self.segments {
            remove(Name(timeline: name.timeline, segment: name.segment - Self.segments))
        }
    }

    /// The names of a timeline's files, in order; none when the folder cannot be read.
    package func names(timeline: UInt32) -> [Name] { names().filter { $0.timeline == timeline } }

    /// What a file holds; nil when it is not there, damaged, or of another cluster.
    package func sheet(_ name: Name) -> Sheet? {
        guard let bytes = try? DurableFile.read(path.appending(name.text), limit: Self.limit),
            bytes.count >= Self.headBytes, bytes.starts(with: Self.magic),
            Hashing.sha256(Array(bytes[40...])).bytes.elementsEqual(bytes[8..<40]),
            Self.number(bytes[40..<48]) == systemIdentifier,
            let map = try? BlockMap(decoding: Array(bytes[Self.headBytes...])),
            map.timeline == name.timeline
        else { return nil }
        let last = Self.number(bytes[48..<56])
        return Sheet(map: map, lastRecord: last == 0 ? nil : LSN(last))
    }

    /// The newest file of a timeline that can be read.
    package func newest(timeline: UInt32) -> (name: Name, sheet: Sheet)? {
        guard let name = names(timeline: timeline).last, let sheet = sheet(name) else { return nil }
        return (name, sheet)
    }

    /// Removes what says anything of positions from `position` on: another log is about to be read there.
    package func forget(timeline: UInt32, from position: LSN) {
        for name in names(timeline: timeline).reversed() {
            if let sheet = sheet(name), sheet.map.readEnd <= position { return }
            remove(name)
        }
    }

    /// Removes what no later backup needs: what lies before the start of one.
    package func prune(before point: MapChain.Point) {
        for name in names() where name.timeline <= point.timeline {
            if name.timeline == point.timeline, let sheet = sheet(name),
                sheet.map.readEnd > point.position
            {
                return
            }
            remove(name)
        }
    }

    /// The maps along a part of the way joined to one, as far as they follow each other; nil when none covers its
    /// beginning.
    ///
    /// Memory: that of two maps.
    package func map(along leg: MapChain.Leg) -> BlockMap? {
        var joined: BlockMap?
        for name in names(timeline: leg.timeline) {
            guard let next = sheet(name)?.map else {
                if joined != nil { return joined }
                continue
            }
            guard var map = joined else {
                // A later one may begin before the part too, and reach into it.
                if next.start <= leg.from, next.readEnd > leg.from { joined = next }
                continue
            }
            guard next.start <= map.end else { return map }
            map.formUnion(next)
            map.extend(to: next.end, read: next.readEnd)
            joined = map
            if map.end >= leg.to || leg.isLeft && map.readEnd >= leg.to { return map }
        }
        return joined
    }

    private func names() -> [Name] {
        guard let folder = try? Directory.open(path), let names = try? folder.names() else {
            return []
        }
        return names.compactMap { Name(String(decoding: $0.bytes, as: UTF8.self)) }.sorted()
    }

    private func remove(_ name: Name) { try? FileSystem.removeFile(path.appending(name.text)) }

    private static func bytes(_ number: UInt64) -> [UInt8] {
        stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
