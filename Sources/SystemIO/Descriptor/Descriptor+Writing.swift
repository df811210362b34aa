import Glibc
public import Model
import SystemPackage

extension Descriptor {
    /// Writes all of some memory.
    ///
    /// - Parameters:
    ///   - buffer: The bytes.
    ///   - offset: Where they go, in bytes from the start of the file; nil for the descriptor's own position.
    /// - Throws: `E-IO-FULL`, `E-IO-…` with the path; a part may have been written.
    public func write(
        _ buffer: UnsafeRawBufferPointer,
        at offset: Int64? = nil
    ) throws(Fault) {
        let number = rawValue
        var written = 0
        while written < buffer.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
            written += try checked("write file", path) {
                if let offset {
                    unsafe pwrite(number, rest.baseAddress, rest.count, off_t(offset) + written)
                } else {
                    unsafe Glibc.write(number, rest.baseAddress, rest.count)
                }
            }
        }
    }

    /// Writes all bytes of an array.
    ///
    /// - Throws: `E-IO-FULL`, `E-IO-…` with the path; a part may have been written.
    public func write(_ bytes: [UInt8], at offset: Int64? = nil) throws(Fault) {
        try write(bytes[...], at: offset)
    }

    /// Writes all bytes of a slice.
    ///
    /// - Throws: `E-IO-FULL`, `E-IO-…` with the path; a part may have been written.
    public func write(_ bytes: ArraySlice<UInt8>, at offset: Int64? = nil) throws(Fault) {
        let outcome: Result<Void, Fault> = unsafe bytes.withUnsafeBytes { buffer in
            do throws(Fault) {
                return .success(try unsafe write(buffer, at: offset))
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    /// Brings the content and the attributes to the disk (`fsync`).
    ///
    /// - Throws: `E-IO-…`; then nothing is known of what the disk holds, and the file must be written again.
    public func synchronize() throws(Fault) {
        let number = rawValue
        try checked("synchronize file", path) { fsync(number) }
    }

    /// Brings the content to the disk, and of the attributes only the size (`fdatasync`).
    ///
    /// - Throws: `E-IO-…`; then nothing is known of what the disk holds, and the file must be written again.
    public func synchronizeData() throws(Fault) {
        let number = rawValue
        try checked("synchronize file", path) { fdatasync(number) }
    }

    /// Cuts the file, or lengthens it with a hole.
    ///
    /// - Throws: `E-IO-…` with the path.
    public func resize(to size: Int64) throws(Fault) {
        let number = rawValue
        try checked("resize file", path) { ftruncate(number, off_t(size)) }
    }

    /// Sets the twelve permission bits, whatever the umask is.
    ///
    /// - Throws: `E-IO-…` with the path.
    public func setMode(_ mode: UInt16) throws(Fault) {
        let number = rawValue
        try checked("set the mode of file", path) { fchmod(number, mode_t(mode)) }
    }

    /// Makes every later write go to the end of the file, whoever writes.
    ///
    /// - Throws: `E-IO-…` with the path.
    public func appendAlways() throws(Fault) {
        let number = rawValue
        try checked("append to file", path) { fcntl(number, F_SETFL, O_APPEND) }
    }
}
