public import Model
public import SystemPackage

/// Small files that hold a key or a password, for their owner's eyes only.
public enum SecretFile {
    private static let limit = ByteCount(1 << 20)

    /// Reads a secret; never more than 1 MiB.
    ///
    /// - Throws: `E-SECRET-EXPOSED` when its group or others have any permission on it, `E-IO-KIND` for anything but an
    ///   ordinary file, `E-IO-…` with the path.
    public static func read(_ path: FilePath) throws(Fault) -> [UInt8] {
        let file = try Descriptor.openOrdinary(path)
        try requireClosed(file.status(), path)
        return try file.readAll(limit: limit)
    }

    /// Reads a secret that a person hands over for once: an ordinary file, or a pipe such as `<(age -d kit.age)`.
    ///
    /// A pipe is read to its end, and not waited for longer than `patience` says.
    ///
    /// - Throws: what ``read(_:)`` throws, `E-IO-PIPE` when nobody writes to the pipe, `E-CANCELLED`.
    public static func readHandedOver(
        _ path: FilePath,
        patience: PipePatience = .standard
    ) throws(Fault) -> [UInt8] {
        guard try FileSystem.followedStatus(path)?.kind == .fifo else { return try read(path) }
        let pipe = try Descriptor.openWithoutWaiting(path)
        let status = try pipe.status()
        try requireClosed(status, path)
        guard status.kind == .fifo else { return try read(path) }
        return try pipe.readPipe(limit: limit, patience: patience)
    }

    private static func requireClosed(_ status: FileStatus, _ path: FilePath) throws(Fault) {
        guard status.mode & 0o077 == 0 else {
            throw Fault(
                .secretExposed,
                "unable to read secret '\(path.displayed)': others than its owner have access to it",
                hints: ["Close it with: chmod 600 '\(path.displayed)'"]
            )
        }
    }

    /// Writes a secret that must not exist yet, durably, with mode 0600.
    ///
    /// - Throws: `E-IO-EXISTS` when something of that name is there, `E-IO-…` with the path.
    public static func create(_ path: FilePath, _ bytes: [UInt8]) throws(Fault) {
        try DurableFile.create(path, with: bytes, mode: 0o600)
    }
}
