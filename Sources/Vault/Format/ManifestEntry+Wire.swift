internal import VaultRecords
internal import FoundationEssentials
internal import Model

extension ManifestEntry {
    /// The most extents in one record; longer files take several.
    static let extentsInRecord = 4096

    /// The record without its extents.
    var wire: WireEntry {
        var wire = WireEntry()
        wire.path = Data(path)
        wire.kind = WireKind(rawValue: kind.rawValue) ?? .file
        wire.mode = UInt32(mode)
        wire.owner = owner
        wire.group = group
        wire.ownerName = ownerName
        wire.groupName = groupName
        wire.modified = modified.nanoseconds
        wire.size = UInt64(size)
        wire.target = Data(target)
        wire.attributes = attributes.map { attribute in
            var wire = WireExtendedAttribute()
            wire.name = Data(attribute.name)
            wire.value = Data(attribute.value)
            return wire
        }
        switch digest {
        case .none: break
        case .sha256(let digest): wire.sha256 = Data(digest.bytes)
        case .pages(let digest, let pageBytes):
            wire.pageDigest = Data(digest.bytes)
            wire.pageBytes = UInt32(pageBytes)
        }
        wire.deviceNumber = deviceNumber
        if let source {
            wire.sourceDevice = source.device
            wire.sourceInode = source.inode
            wire.sourceChanged = source.changed.nanoseconds
        }
        wire.secretTag = Data(secretTag)
        wire.changedWhileRead = changedWhileRead
        return wire
    }

    /// Reads a record with its extents.
    init(_ wire: WireEntry, snapshot: String) throws(Fault) {
        let path = Array(wire.path)
        guard Self.isSafe(path), let kind = Kind(rawValue: wire.kind.rawValue), wire.mode <= 0o7777,
            let size = Int64(exactly: wire.size)
        else { throw .damaged(snapshot, "its manifest holds a path that cannot be") }
        self.init(path: path, kind: kind, mode: UInt16(wire.mode))
        owner = wire.owner
        group = wire.group
        ownerName = wire.ownerName
        groupName = wire.groupName
        modified = Instant(nanoseconds: wire.modified)
        target = Array(wire.target)
        attributes = wire.attributes.map { Attribute(name: Array($0.name), value: Array($0.value)) }
        deviceNumber = wire.deviceNumber
        if wire.sourceInode != 0 {
            source = Source(
                device: wire.sourceDevice,
                inode: wire.sourceInode,
                changed: Instant(nanoseconds: wire.sourceChanged)
            )
        }
        secretTag = Array(wire.secretTag)
        changedWhileRead = wire.changedWhileRead
        self.size = size
        if let digest = Digest256(wire.pageDigest) {
            guard (512...65_536).contains(wire.pageBytes) else {
                throw .damaged(snapshot, "its manifest holds a page size that cannot be")
            }
            self.digest = .pages(digest, pageBytes: Int(wire.pageBytes))
        } else if let digest = Digest256(wire.sha256) {
            self.digest = .sha256(digest)
        } else if kind == .file {
            throw .damaged(snapshot, "its manifest holds a file without a digest")
        }
    }

    /// Whether the extents make up the size.
    var isComplete: Bool {
        var total: Int64 = 0
        for extent in extents {
            let (sum, overflow) = total.addingReportingOverflow(extent.length)
            guard !overflow, extent.length >= 0 else { return false }
            total = sum
        }
        return total == (kind == .file ? size : 0)
    }

    /// Whether a path stays below its root: relative, no component empty, `.` or `..`, no NUL.
    public static func isSafe(_ path: [UInt8]) -> Bool {
        path.count <= 65_536 && !path.contains(0)
            && path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy
            {
                !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8)
            }
    }
}

extension Extent {
    init(_ wire: WireExtent, snapshot: String) throws(Fault) {
        guard let length = Int64(exactly: wire.length) else {
            throw .damaged(snapshot, "its manifest holds a length that cannot be")
        }
        self.init(pack: wire.pack, frame: wire.frame, start: wire.start, length: length)
    }

    var wire: WireExtent {
        var wire = WireExtent()
        wire.pack = pack
        wire.frame = frame
        wire.start = start
        wire.length = UInt64(length)
        return wire
    }
}
