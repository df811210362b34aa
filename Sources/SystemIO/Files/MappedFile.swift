import Glibc
public import Model
public import SystemPackage

/// A file of fixed size whose bytes are memory, shared with the file (`mmap`, `MAP_SHARED`).
///
/// The space is taken on the disk when the file is made, so that writing to the memory cannot fail for want of it.
/// Not safe to use from two tasks at once; put it into a `Mutex` or an actor.
@safe public final class MappedFile {
    /// The path it was opened with, for messages.
    public let path: FilePath
    /// The size in bytes.
    public let size: Int
    private let start: UnsafeMutableRawPointer

    /// Maps a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - size: Its size in bytes, at least 1.
    ///   - create: Whether it is made, filled with zeros, when it is missing; an existing one must have the size.
    /// - Throws: `E-IO-SHORT` when it has another size, `E-IO-FULL`, `E-IO-…` with the path.
    public init(_ path: FilePath, size: Int, create: Bool) throws(Fault) {
        precondition(size > 0, "an empty file cannot be mapped")
        let mode: Descriptor.CreateMode = create ? .ifMissing(0o600) : .never
        let file = try Descriptor.open(path, .readWrite, create: mode)
        let present = try file.status().size
        guard present == Int64(size) || (create && present == 0) else {
            throw Fault(
                .fileShort,
                "unable to map file '\(path.displayed)': it has \(present) bytes instead of \(size)"
            )
        }
        let number = file.rawValue
        let shortage = posix_fallocate(number, 0, off_t(size))
        guard shortage == 0 || shortage == EOPNOTSUPP || shortage == EINVAL else {
            throw .unable("reserve space for file", path, Errno(rawValue: shortage))
        }
        if shortage != 0 { try file.resize(to: Int64(size)) }
        let mapped = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, number, 0)
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
            throw .unable("map file", path, .last)
        }
        unsafe start = mapped
        self.path = path
        self.size = size
    }

    deinit {
        unsafe munmap(start, size)
    }

    /// Hands out the memory, which is valid during the call only.
    public func withBytes<Value, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try unsafe body(UnsafeMutableRawBufferPointer(start: start, count: size))
    }

    /// Brings the memory's changes to the disk (`msync`).
    ///
    /// - Throws: `E-IO-…` with the path.
    public func synchronize() throws(Fault) {
        try checked("synchronize file", path) { unsafe msync(start, size, MS_SYNC) }
    }
}
