import Glibc
public import Model
import SystemPackage

extension Descriptor {
    /// Reads into memory: one call to the system.
    ///
    /// - Parameters:
    ///   - buffer: Where the bytes go.
    ///   - offset: Where they come from, in bytes from the start of the file; nil for the descriptor's own position.
    /// - Returns: How many bytes came; fewer than asked for are normal for a pipe, 0 is the end.
    /// - Throws: `E-IO-…` with the path.
    public func read(
        into buffer: UnsafeMutableRawBufferPointer,
        at offset: Int64? = nil
    ) throws(Fault) -> Int {
        let number = rawValue
        return try checked("read file", path) {
            if let offset {
                unsafe pread(number, buffer.baseAddress, buffer.count, off_t(offset))
            } else {
                unsafe Glibc.read(number, buffer.baseAddress, buffer.count)
            }
        }
    }

    /// Reads some bytes: one call to the system.
    ///
    /// - Returns: At most `count` bytes; none at the end of the file.
    /// - Throws: `E-IO-…` with the path.
    public func read(upTo count: Int, at offset: Int64? = nil) throws(Fault) -> [UInt8] {
        var outcome: Result<Int, Fault> = .success(0)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(Fault) {
                initialized = unsafe try read(
                    into: UnsafeMutableRawBufferPointer(buffer),
                    at: offset
                )
            } catch {
                outcome = .failure(error)
            }
        }
        _ = try outcome.get()
        return bytes
    }

    /// Reads exactly so many bytes.
    ///
    /// - Throws: `E-IO-SHORT` when the file ends before them; `E-IO-…` with the path.
    public func readFully(_ count: Int, at offset: Int64) throws(Fault) -> [UInt8] {
        var outcome: Result<Int, Fault> = .success(0)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(Fault) {
                let raw = UnsafeMutableRawBufferPointer(buffer)
                initialized = unsafe try fill(raw, at: offset)
            } catch {
                outcome = .failure(error)
            }
        }
        _ = try outcome.get()
        guard bytes.count == count else {
            throw Fault(
                .fileShort,
                "unable to read file '\(path.displayed)': it ends \(count - bytes.count) bytes "
                    + "before byte \(offset + Int64(count))"
            )
        }
        return bytes
    }

    /// Reads until a buffer is full or the file ends.
    ///
    /// - Returns: How many bytes came.
    /// - Throws: `E-IO-…` with the path.
    public func fill(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(Fault) -> Int
    {
        var filled = 0
        while filled < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = unsafe try read(into: rest, at: offset + Int64(filled))
            if count == 0 { break }
            filled += count
        }
        return filled
    }
}
