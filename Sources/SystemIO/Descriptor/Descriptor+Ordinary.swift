import Glibc
public import Model
public import SystemPackage

extension Descriptor {
    /// Opens an ordinary file for reading; anything else is refused, without waiting for it.
    ///
    /// A device is not even opened: that alone can have effects. Symbolic links are followed.
    ///
    /// - Throws: `E-IO-KIND` saying what it is, `E-IO-MISSING`, `E-IO-…` with the path.
    public static func openOrdinary(_ path: FilePath) throws(Fault) -> Descriptor {
        if let status = try FileSystem.followedStatus(path) { try status.requireOrdinary(path) }
        let file = try openWithoutWaiting(path)
        // Something else may have taken its place meanwhile.
        try file.status().requireOrdinary(path)
        return file
    }

    /// Opens something for reading without waiting for the other end of a named pipe.
    static func openWithoutWaiting(_ path: FilePath) throws(Fault) -> Descriptor {
        let number = try checked("open file", path) {
            unsafe path.withPlatformString {
                unsafe Glibc.open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0)
            }
        }
        return Descriptor(owning: number, path: path)
    }
}

extension FileStatus {
    /// - Throws: `E-IO-KIND` unless it is an ordinary file.
    func requireOrdinary(_ path: FilePath) throws(Fault) {
        guard isRegular else {
            throw Fault(
                .fileKind,
                "unable to open file '\(path.displayed)': it is \(kind.words), not an ordinary file"
            )
        }
    }
}

extension FileStatus.Kind {
    /// What it is, in words.
    var words: String {
        switch self {
        case .regular: "an ordinary file"
        case .directory: "a folder"
        case .symbolicLink: "a symbolic link"
        case .fifo: "a pipe"
        case .socket: "a socket"
        case .characterDevice, .blockDevice: "a device"
        }
    }
}
