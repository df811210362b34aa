public import FileTrees
public import Model
public import Vault

extension TreeEntry {
    /// Describes a path of a snapshot as a tree holds it.
    ///
    /// A file counts as sparse when its manifest names zeros that are stored nowhere and it is not page-mapped: in
    /// page-mapped files zeros are left out whether or not they were holes.
    ///
    /// - Throws: `E-TREE-PATH` when the path, or the file that a hard link names, cannot be in a tree.
    public init(_ entry: ManifestEntry) throws(Fault) {
        guard let path = TreePath(entry.path), !entry.path.isEmpty else {
            throw Self.invalid(entry.path)
        }
        self.init(
            path: path,
            kind: try Self.kind(of: entry),
            mode: entry.mode,
            owner: entry.owner,
            group: entry.group,
            ownerName: entry.ownerName.isEmpty ? nil : entry.ownerName,
            groupName: entry.groupName.isEmpty ? nil : entry.groupName,
            size: entry.size,
            isSparse: Self.isSparse(entry),
            modified: entry.modified,
            changed: entry.source?.changed ?? entry.modified,
            device: entry.source?.device ?? 0,
            inode: entry.source?.inode ?? 0,
            attributes: entry.attributes.map { Attribute(name: $0.name, value: $0.value) }
        )
    }

    private static func kind(of entry: ManifestEntry) throws(Fault) -> Kind {
        switch entry.kind {
        case .file: return .file
        case .directory: return .directory
        case .symbolicLink: return .symbolicLink(target: entry.target)
        case .hardLink:
            guard let first = TreePath(entry.target), !entry.target.isEmpty else {
                throw invalid(entry.target)
            }
            return .hardLink(to: first)
        case .fifo: return .fifo
        case .socket: return .socket
        case .characterDevice:
            let (major, minor) = numbers(of: entry.deviceNumber)
            return .characterDevice(major: major, minor: minor)
        case .blockDevice:
            let (major, minor) = numbers(of: entry.deviceNumber)
            return .blockDevice(major: major, minor: minor)
        }
    }

    private static func isSparse(_ entry: ManifestEntry) -> Bool {
        guard case .sha256 = entry.digest else { return false }
        return entry.extents.contains(where: \.isHole)
    }

    /// Takes Linux's `dev_t` apart.
    ///
    /// ```
    /// bits 63-44 major, high | 43-20 minor, high | 19-8 major, low | 7-0 minor, low
    /// ```
    /// Source: glibc, `bits/sysmacros.h`.
    private static func numbers(of device: UInt64) -> (major: UInt32, minor: UInt32) {
        let major = (device >> 8) & 0xfff | (device >> 32) & 0xffff_f000
        let minor = device & 0xff | (device >> 12) & 0xffff_ff00
        return (UInt32(truncatingIfNeeded: major), UInt32(truncatingIfNeeded: minor))
    }

    private static func invalid(_ path: [UInt8]) -> Fault {
        Fault(
            .treePathInvalid,
            "unable to restore '\(String(decoding: path, as: UTF8.self))': "
                + "it is no path inside a tree"
        )
    }
}
