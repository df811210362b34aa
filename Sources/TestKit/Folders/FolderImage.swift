public import Model
import SystemIO
public import SystemPackage

/// The files of one folder, remembered, so that a test can begin with them again and again.
public struct FolderImage: Sendable {
    private var files: [(name: FileName, bytes: [UInt8])] = []

    /// An empty folder.
    public init() {}

    /// What a folder holds now; folders in it are not looked at.
    ///
    /// - Throws: `E-IO-…`.
    public init(of folder: ScratchFolder) throws(Fault) {
        defer { withExtendedLifetime(folder) {} }
        for name in try Directory.open(folder.path).names() {
            let path = folder.path.appending(name)
            guard try FileSystem.status(path)?.isRegular == true else { continue }
            files.append((name, try DurableFile.read(path, limit: ByteCount(1 << 30))))
        }
    }

    /// Makes a folder hold these files and nothing else; it need not exist.
    ///
    /// - Throws: `E-IO-…`.
    public func restore(to folder: FilePath) throws(Fault) {
        if try FileSystem.status(folder) != nil { try FileSystem.removeTree(folder) }
        try FileSystem.makeDirectories(folder, mode: 0o700)
        for file in files {
            try DurableFile.create(folder.appending(file.name), with: file.bytes, mode: 0o600)
        }
    }
}
