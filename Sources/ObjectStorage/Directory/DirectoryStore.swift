import Model
import SystemIO
public import SystemPackage

/// A store in a directory: an object is a file of its name below the root.
///
/// Files have mode 0600 and folders 0700. An object appears by one rename after its bytes are on the disk, and its
/// folder is synchronised before the call returns. Symbolic links below the root are never followed. Each call
/// opens the root anew, so an unmounted disk is noticed.
public struct DirectoryStore: ObjectStore {
    /// The folder of the store.
    public let root: FilePath

    /// Names the folder; it need not exist yet, but every call needs it.
    public init(root: FilePath) {
        self.root = root
    }

    /// The path of the folder.
    public var address: String { root.displayed }

    func opened() throws(Fault) -> Directory {
        do throws(Fault) {
            return try Directory.open(root)
        } catch {
            switch error.systemError {
            case .noSuchFileOrDirectory, .notDirectory:
                throw Fault(
                    .storeMissing,
                    "unable to open store '\(address)': there is no such folder",
                    hints: ["Mount the disk it is on, or create the vault there."],
                    cause: error.systemError
                )
            default: throw .store("open store", address, in: address, error)
            }
        }
    }

    /// The folder of an object; nil when it, or one above it, does not exist.
    func folder(of labels: some Collection<Substring>) throws(Fault) -> Directory? {
        var folder = try opened()
        for label in labels {
            do throws(Fault) {
                folder = try folder.child(Self.fileName(label))
            } catch {
                switch error.systemError {
                case .noSuchFileOrDirectory: return nil
                default: throw .store("open folder", String(label), in: address, error)
                }
            }
        }
        return folder
    }

    static func fileName(_ label: Substring) -> FileName {
        guard let name = FileName(label) else { preconditionFailure("a label is a file's name") }
        return name
    }

    static func split(_ name: ObjectName) -> (folders: ArraySlice<Substring>, file: FileName) {
        let labels = name.labels
        guard let last = labels.last else { preconditionFailure("a name has a label") }
        return (labels.dropLast(), fileName(last))
    }
}
