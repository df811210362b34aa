public import Model
import SystemIO
public import SystemPackage

/// An entry that a scan has just seen, and the way to its content.
public struct ScannedEntry: Sendable {
    /// What was seen.
    public let entry: TreeEntry
    /// Where it is on the host, for messages.
    public let source: FilePath
    let folder: OpenFolder
    let name: FileName?

    /// Opens the content of a file, never another file than the one that was seen.
    ///
    /// - Throws: `E-TREE-VANISHED`, `E-TREE-REPLACED`, `E-IO-…`.
    public func open() throws(Fault) -> TreeFile {
        guard let name, entry.kind == .file else {
            preconditionFailure("only an ordinary file has content to open")
        }
        let file: Descriptor
        do throws(Fault) {
            file = try folder.directory.openFile(name, .read)
        } catch {
            switch error.systemError {
            case .noSuchFileOrDirectory: throw Self.vanished(source)
            case .tooManySymbolicLinkLevels: throw replaced()
            default: throw error.code == .fileKind ? replaced() : error
            }
        }
        let status = try file.status()
        guard status.device == entry.device, status.inode == entry.inode else { throw replaced() }
        return TreeFile(file: file, scanned: entry, status: status)
    }

    static func vanished(_ source: FilePath) -> Fault {
        Fault(.treeVanished, "unable to read '\(source.displayed)': it vanished during the scan")
    }

    private func replaced() -> Fault {
        Fault(
            .treeReplaced,
            "unable to read '\(source.displayed)': something else took its place during the scan"
        )
    }
}
