public import Model
public import SystemPackage

/// Whole small files that are there with all their bytes, or not at all, whenever the power fails.
public enum DurableFile {
    /// Writes a file, replacing one of that name in one step.
    ///
    /// After success the bytes and the name are on the disk. After failure the old file is untouched and no temporary
    /// file stays; only when synchronising the folder fails, as the last step, may the new file be there already.
    ///
    /// - Throws: `E-IO-…` with the path.
    public static func replace(
        _ path: FilePath,
        with bytes: [UInt8],
        mode: UInt16
    ) throws(Fault) {
        let name = try name(of: path)
        try Directory.open(path.parent).writeDurably(bytes, as: name, mode: mode, replacing: true)
    }

    /// Writes a file that must not exist yet.
    ///
    /// - Throws: `E-IO-EXISTS` when something of that name is there, `E-IO-…` with the path.
    public static func create(
        _ path: FilePath,
        with bytes: [UInt8],
        mode: UInt16
    ) throws(Fault) {
        let name = try name(of: path)
        try Directory.open(path.parent).writeDurably(bytes, as: name, mode: mode, replacing: false)
    }

    /// Reads a whole ordinary file of at most `limit` bytes.
    ///
    /// - Throws: `E-IO-KIND` for anything but an ordinary file, `E-IO-MISSING`, `E-IO-TOO-LARGE`, `E-IO-…` with the path.
    public static func read(_ path: FilePath, limit: ByteCount) throws(Fault) -> [UInt8] {
        try Descriptor.openOrdinary(path).readAll(limit: limit)
    }

    private static func name(of path: FilePath) throws(Fault) -> FileName {
        guard let name = path.lastName else { throw .unable("write file", path, .isDirectory) }
        return name
    }
}
