public import Model
import Synchronization
public import Vault

/// Restored contents in memory, zeros where nothing was written.
public final class MemorySink: ContentSink {
    private let files: Mutex<[[UInt8]]>

    /// Makes room for files of these many bytes; a file's number is its index.
    public init(_ sizes: [Int]) {
        files = Mutex(sizes.map { [UInt8](repeating: 0, count: $0) })
    }

    /// What was written.
    public var contents: [[UInt8]] { files.withLock { $0 } }

    /// Writes bytes into a file.
    ///
    /// - Throws: `E-VALUE` when the place is outside of the file.
    public func write(
        _ bytes: ArraySlice<UInt8>,
        to file: UInt32,
        at offset: Int64
    ) async throws(Fault) {
        let isInside = files.withLock { files in
            let index = Int(file)
            guard files.indices.contains(index), offset >= 0,
                Int(offset) <= files[index].count - bytes.count
            else { return false }
            files[index].replaceSubrange(Int(offset)..<Int(offset) + bytes.count, with: bytes)
            return true
        }
        guard isInside else {
            throw Fault(.invalidValue, "unable to write file '\(file)': \(offset) is outside of it")
        }
    }
}
