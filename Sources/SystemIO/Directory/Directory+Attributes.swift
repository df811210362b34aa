import CLinux
import Glibc
public import Model
import SystemPackage

extension Directory {
    /// Sets the owner and then the twelve permission bits of the folder itself, wherever it lies by now.
    ///
    /// - Throws: `E-IO-DENIED` for anybody but root in most cases, `E-IO-…` with the path.
    public func setOwner(_ owner: UInt32, group: UInt32, mode: UInt16) throws(Fault) {
        let number = rawValue
        try checked("set the owner of folder", path) { fchown(number, owner, group) }
        try checked("set the mode of folder", path) { fchmod(number, mode_t(mode)) }
    }

    /// Sets the twelve permission bits of a name; a symbolic link has none and is refused.
    ///
    /// - Throws: `E-IO-…` with the path.
    public func setMode(_ mode: UInt16, of name: FileName) throws(Fault) {
        unsafe try named("set the mode of", name) {
            unsafe fchmodat(rawValue, $0, mode_t(mode), AT_SYMLINK_NOFOLLOW)
        }
    }

    /// Sets the owner of a name; of a symbolic link itself.
    ///
    /// Clears set-user-ID and set-group-ID, so set the mode later.
    ///
    /// - Throws: `E-IO-DENIED` for anybody but root in most cases, `E-IO-…` with the path.
    public func setOwner(_ owner: UInt32, group: UInt32, of name: FileName) throws(Fault) {
        unsafe try named("set the owner of", name) {
            unsafe fchownat(rawValue, $0, owner, group, AT_SYMLINK_NOFOLLOW)
        }
    }

    /// Sets the time of the last change of a name's content; of a symbolic link itself.
    ///
    /// - Throws: `E-IO-…` with the path.
    public func setTimes(modified: Instant, of name: FileName) throws(Fault) {
        let (seconds, nanoseconds) = modified.secondsAndNanoseconds
        unsafe try named("set the times of", name) {
            unsafe linux_set_times(rawValue, $0, seconds, nanoseconds)
        }
    }

    /// The names of the extended attributes of a name, ordered by bytes; of a symbolic link itself.
    ///
    /// - Returns: None where the file system has no such attributes.
    /// - Throws: `E-IO-…` with the path.
    public func attributeNames(of name: FileName) throws(Fault) -> [[UInt8]] {
        let list = unsafe try attribute("list the attributes of", name) { path, buffer in
            let start = unsafe buffer.bindMemory(to: CChar.self).baseAddress
            return unsafe linux_list_attributes(path, start, buffer.count)
        }
        guard let list else { return [] }
        return list.split(separator: 0).map { Array($0) }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The value of an extended attribute of a name; of a symbolic link itself.
    ///
    /// - Returns: nil when there is none of that name.
    /// - Throws: `E-IO-…` with the path.
    public func attribute(_ attributeName: [UInt8], of name: FileName) throws(Fault) -> [UInt8]? {
        let text = Self.text(attributeName)
        return unsafe try attribute("read an attribute of", name) { path, buffer in
            unsafe linux_get_attribute(path, text, buffer.baseAddress, buffer.count)
        }
    }

    /// Sets an extended attribute of a name; of a symbolic link itself.
    ///
    /// - Throws: `E-IO-DENIED`, `E-IO-…` with the path.
    public func setAttribute(
        _ attributeName: [UInt8],
        to value: [UInt8],
        of name: FileName
    ) throws(Fault) {
        let text = Self.text(attributeName)
        let anchored = anchored(name)
        try checked("set an attribute of", path.appending(name)) {
            unsafe value.withUnsafeBytes { bytes in
                unsafe linux_set_attribute(anchored, text, bytes.baseAddress, bytes.count)
            }
        }
    }

    /// Removes an extended attribute of a name.
    ///
    /// - Throws: `E-IO-…` with the path.
    public func removeAttribute(_ attributeName: [UInt8], of name: FileName) throws(Fault) {
        let text = Self.text(attributeName)
        let anchored = anchored(name)
        try checked("remove an attribute of", path.appending(name)) {
            unsafe linux_remove_attribute(anchored, text)
        }
    }

    /// Reads a value whose length is only known by asking, and which may grow in between.
    private func attribute(
        _ what: String,
        _ name: FileName,
        _ call: (UnsafePointer<CChar>, UnsafeMutableRawBufferPointer) -> Int
    ) throws(Fault) -> [UInt8]? {
        let anchored = anchored(name)
        var size = 256
        while true {
            var value = [UInt8](repeating: 0, count: size)
            let attempt = retrying {
                unsafe value.withUnsafeMutableBytes { unsafe call(anchored, $0) }
            }
            switch attempt {
            case .success(let count): return Array(value.prefix(count))
            case .failure(.outOfRange) where size < 1 << 20: size *= 16
            case .failure(.noData), .failure(.notSupported): return nil
            case .failure(let error): throw .unable(what, path.appending(name), error)
            }
        }
    }

    /// A path that leads through the open folder, for calls that know no folder descriptors (see proc(5), fd).
    private func anchored(_ name: FileName) -> [CChar] {
        Self.text(Array("/proc/self/fd/\(rawValue)/".utf8) + name.bytes)
    }

    static func text(_ bytes: [UInt8]) -> [CChar] {
        (bytes.filter { $0 != 0 } + [0]).map { CChar(bitPattern: $0) }
    }
}

extension Instant {
    /// As `timespec` counts: the nanoseconds are never negative.
    var secondsAndNanoseconds: (Int64, Int64) {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return remainder < 0
            ? (quotient - 1, remainder + 1_000_000_000) : (quotient, remainder)
    }
}
