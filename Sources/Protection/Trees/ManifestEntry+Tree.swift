public import FileTrees
internal import SystemIO
public import Vault

extension ManifestEntry {
    /// Describes a path of a tree as a manifest holds it; the content comes from a session.
    ///
    /// The path must not be the root, which has no entry in a manifest.
    public init(_ entry: TreeEntry) {
        self.init(path: entry.path.bytes, kind: Kind(entry.kind), mode: entry.mode)
        owner = entry.owner
        group = entry.group
        ownerName = entry.ownerName ?? ""
        groupName = entry.groupName ?? ""
        modified = entry.modified
        attributes = entry.attributes.map { Attribute(name: $0.name, value: $0.value) }
        source = Source(device: entry.device, inode: entry.inode, changed: entry.changed)
        switch entry.kind {
        case .symbolicLink(let text): target = text
        case .hardLink(let first): target = first.bytes
        case .characterDevice(let major, let minor), .blockDevice(let major, let minor):
            deviceNumber = FileStatus.deviceNumber(major: major, minor: minor)
        case .file, .directory, .fifo, .socket: break
        }
    }
}

extension ManifestEntry.Kind {
    /// The same kind without what a tree says beside it.
    fileprivate init(_ kind: TreeEntry.Kind) {
        self =
            switch kind {
            case .file: .file
            case .directory: .directory
            case .symbolicLink: .symbolicLink
            case .hardLink: .hardLink
            case .fifo: .fifo
            case .socket: .socket
            case .characterDevice: .characterDevice
            case .blockDevice: .blockDevice
            }
    }
}
