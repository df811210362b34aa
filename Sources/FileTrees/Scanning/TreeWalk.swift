import Model
import SystemIO
import SystemPackage

/// One walk over some roots, with what it must remember on the way.
struct TreeWalk {
    typealias Visitor = (TreeScanner.Visit) async throws(Fault) -> Void

    private struct KnownFile {
        let path: TreePath
        var linksToCome: UInt64
    }

    /// What the walk knows about the root that it is in.
    private struct Site {
        let root: TreeRoot
        let device: UInt64
    }

    private let crossesMounts: Bool
    private let omitted: Set<FileIdentity>
    private var ownerNames: [UInt32: String?] = [:]
    private var groupNames: [UInt32: String?] = [:]
    private var linked: [FileIdentity: KnownFile] = [:]

    init(crossesMounts: Bool, omitting omitted: Set<FileIdentity>) {
        self.crossesMounts = crossesMounts
        self.omitted = omitted
    }

    mutating func start(_ root: TreeRoot, _ visit: Visitor) async throws(Fault) {
        let parent: OpenFolder
        let name: FileName?
        do throws(Fault) {
            let path = try FileSystem.resolved(root.path)
            parent = OpenFolder(try Directory.open(path.lastName == nil ? path : path.parent))
            name = path.lastName
        } catch {
            return try await visit(.problem(TreeProblem(root.place, .unreadable, error)))
        }
        if let name {
            try await look(
                at: name,
                in: parent,
                relative: .root,
                Site(root: root, device: 0),
                visit
            )
        } else {
            try await enterRoot(parent, root, visit)
        }
    }

    /// The root of the host's file systems, which is in no folder.
    private mutating func enterRoot(
        _ folder: OpenFolder,
        _ root: TreeRoot,
        _ visit: Visitor
    ) async throws(Fault) {
        let status = try folder.directory.status()
        let entry = TreeEntry(
            path: root.place,
            kind: .directory,
            status: status,
            ownerName: ownerName(status.owner),
            groupName: groupName(status.group)
        )
        let seen = ScannedEntry(entry: entry, source: "/", folder: folder, name: nil)
        try await visit(.entry(seen))
        try await list(folder, .root, Site(root: root, device: status.device), visit)
    }

    private mutating func look(
        at name: FileName,
        in folder: OpenFolder,
        relative: TreePath,
        _ site: Site,
        _ visit: Visitor
    ) async throws(Fault) {
        let source = folder.directory.path.appending(name)
        let isRoot = relative.bytes.isEmpty
        let path = isRoot ? site.root.place : Self.join(site.root.place, relative)
        let found: TreeEntry?
        do throws(Fault) {
            guard let status = try folder.directory.status(of: name) else {
                throw ScannedEntry.vanished(source)
            }
            if !isRoot, site.root.rules.excludes(relative, isDirectory: status.isDirectory) {
                return
            }
            found =
                omitted.contains(status.identity)
                ? nil : try describe(path, name, folder, status)
        } catch {
            let kind: TreeProblem.Kind = error.code == .treeVanished ? .vanished : .unreadable
            return try await visit(.problem(TreeProblem(path, kind, error)))
        }
        guard let entry = found else { return try await visit(.omitted(path, source)) }
        try await visit(
            .entry(ScannedEntry(entry: entry, source: source, folder: folder, name: name))
        )
        guard entry.kind == .directory else { return }
        let device = isRoot ? entry.device : site.device
        guard crossesMounts || entry.device == device else { return }
        let inner: OpenFolder
        do throws(Fault) {
            inner = OpenFolder(try folder.directory.child(name))
        } catch {
            return try await visit(.problem(TreeProblem(path, .unreadable, error)))
        }
        try await list(inner, relative, Site(root: site.root, device: device), visit)
    }

    private mutating func list(
        _ folder: OpenFolder,
        _ relative: TreePath,
        _ site: Site,
        _ visit: Visitor
    ) async throws(Fault) {
        let names: [FileName]
        do throws(Fault) {
            names = try folder.directory.names()
        } catch {
            let path = Self.join(site.root.place, relative)
            return try await visit(.problem(TreeProblem(path, .unreadable, error)))
        }
        for name in names {
            try await look(at: name, in: folder, relative: relative.appending(name), site, visit)
        }
    }

    private mutating func describe(
        _ path: TreePath,
        _ name: FileName,
        _ folder: OpenFolder,
        _ status: FileStatus
    ) throws(Fault) -> TreeEntry {
        let kind = try kind(path, name, folder, status)
        var attributes: [TreeEntry.Attribute] = []
        // A further hard link shares the attributes of the first.
        if case .hardLink = kind {
        } else {
            for attribute in try folder.directory.attributeNames(of: name) {
                guard let value = try folder.directory.attribute(attribute, of: name) else {
                    continue
                }
                attributes.append(TreeEntry.Attribute(name: attribute, value: value))
            }
        }
        return TreeEntry(
            path: path,
            kind: kind,
            status: status,
            ownerName: ownerName(status.owner),
            groupName: groupName(status.group),
            attributes: attributes
        )
    }

    private mutating func kind(
        _ path: TreePath,
        _ name: FileName,
        _ folder: OpenFolder,
        _ status: FileStatus
    ) throws(Fault) -> TreeEntry.Kind {
        switch status.kind {
        case .regular: firstName(of: status, at: path).map { .hardLink(to: $0) } ?? .file
        case .directory: .directory
        case .symbolicLink: .symbolicLink(target: try folder.directory.readLink(name))
        case .fifo: .fifo
        case .socket: .socket
        case .characterDevice: .characterDevice(major: status.major, minor: status.minor)
        case .blockDevice: .blockDevice(major: status.major, minor: status.minor)
        }
    }

    /// The name under which a file was seen first; nil when this is it.
    private mutating func firstName(of status: FileStatus, at path: TreePath) -> TreePath? {
        guard status.links > 1 else { return nil }
        guard var known = linked[status.identity] else {
            linked[status.identity] = KnownFile(path: path, linksToCome: status.links - 1)
            return nil
        }
        known.linksToCome -= 1
        linked[status.identity] = known.linksToCome == 0 ? nil : known
        return known.path
    }

    private mutating func ownerName(_ id: UInt32) -> String? {
        if let known = ownerNames[id] { return known }
        let name = Account.identified(by: id)?.name
        ownerNames[id] = .some(name)
        return name
    }

    private mutating func groupName(_ id: UInt32) -> String? {
        if let known = groupNames[id] { return known }
        let name = Account.groupName(id)
        groupNames[id] = .some(name)
        return name
    }

    private static func join(_ place: TreePath, _ relative: TreePath) -> TreePath {
        guard !place.bytes.isEmpty else { return relative }
        return relative.names.reduce(place) { $0.appending($1) }
    }
}
