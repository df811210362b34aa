import FileTrees
import Model
import SystemIO
import SystemPackage

extension TreeModel {
    /// What of a folder is not as the model says, a line each.
    func differences(from folder: FilePath) throws -> [String] {
        var lines: [String] = []
        var found: Set<TreePath> = []
        var identities: [Int: FileIdentity] = [:]
        var open = [TreePath.root]
        while let place = open.popLast() {
            let directory = try Directory.open(place.path(below: folder))
            for name in try directory.names() {
                let path = place.appending(name)
                found.insert(path)
                guard let number = names[path], let node = nodes[number],
                    let status = try directory.status(of: name)
                else {
                    lines.append("\(path) is there")
                    continue
                }
                if status.isDirectory { open.append(path) }
                lines += try Self.differences(path, node, status, directory, name)
                if !status.isDirectory {
                    let first = identities[number] ?? status.identity
                    if first != status.identity { lines.append("\(path) is a file of its own") }
                    identities[number] = first
                }
            }
        }
        if Set(identities.values).count != identities.count { lines.append("files became one") }
        return lines + names.keys.filter { !found.contains($0) }.map { "\($0) is missing" }
    }

    private static func differences(
        _ path: TreePath,
        _ node: Node,
        _ status: FileStatus,
        _ directory: borrowing Directory,
        _ name: FileName
    ) throws -> [String] {
        var lines: [String] = []
        let content: Content? =
            switch status.kind {
            case .regular:
                .file(try directory.openFile(name, .read).readAll(limit: ByteCount(1 << 20)))
            case .directory: .folder
            case .symbolicLink: .link(try directory.readLink(name))
            case .fifo: .pipe
            default: nil
            }
        if content != node.content { lines.append("\(path) holds something else") }
        if status.mode != node.mode {
            lines.append("\(path) has mode \(status.mode), not \(node.mode)")
        }
        if status.owner != node.owner || status.group != node.group {
            lines.append("\(path) belongs to \(status.owner):\(status.group)")
        }
        if status.modified != node.modified {
            lines.append("\(path) is of \(status.modified), not \(node.modified)")
        }
        var attributes: [[UInt8]: [UInt8]] = [:]
        for key in try directory.attributeNames(of: name) {
            attributes[key] = try directory.attribute(key, of: name)
        }
        if attributes != node.attributes { lines.append("\(path) has other attributes") }
        return lines
    }
}
