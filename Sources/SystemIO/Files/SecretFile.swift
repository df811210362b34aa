public import Model
public import SystemPackage

/// Small files that hold a key or a password, for their owner's eyes only.
public enum SecretFile {
    /// Reads a secret; never more than 1 MiB.
    ///
    /// - Throws: `E-SECRET-EXPOSED` when its group or others have any permission on it, `E-IO-…` with the path.
    public static func read(_ path: FilePath) throws(Fault) -> [UInt8] {
        let file = try Descriptor.open(path, .read)
        let status = try file.status()
        guard status.mode & 0o077 == 0 else {
            throw Fault(
                .secretExposed,
                "unable to read secret '\(path.displayed)': others than its owner have access to it",
                hints: ["Close it with: chmod 600 '\(path.displayed)'"]
            )
        }
        return try file.readAll(limit: ByteCount(1 << 20))
    }

    /// Writes a secret that must not exist yet, durably, with mode 0600.
    ///
    /// - Throws: `E-IO-EXISTS` when something of that name is there, `E-IO-…` with the path.
    public static func create(_ path: FilePath, _ bytes: [UInt8]) throws(Fault) {
        try DurableFile.create(path, with: bytes, mode: 0o600)
    }
}
