import CLinux
import Glibc
public import Model
import SystemPackage

extension Directory {
    /// Makes a folder.
    ///
    /// - Throws: `E-IO-EXISTS`, `E-IO-…` with the path.
    public func makeDirectory(_ name: FileName, mode: UInt16) throws(Fault) {
        unsafe try named("make folder", name) { unsafe mkdirat(rawValue, $0, mode_t(mode)) }
    }

    /// Makes a symbolic link that holds any bytes but zero.
    ///
    /// - Throws: `E-IO-EXISTS`, `E-IO-…` with the path.
    public func makeSymbolicLink(_ name: FileName, target: [UInt8]) throws(Fault) {
        let place = path.appending(name)
        guard !target.isEmpty, !target.contains(0) else {
            throw .unable("make symbolic link", place, .invalidArgument)
        }
        let text = (target + [0]).map { CChar(bitPattern: $0) }
        try checked("make symbolic link", place) {
            unsafe name.withCString { unsafe symlinkat(text, rawValue, $0) }
        }
    }

    /// Makes a named pipe, a socket or a device.
    ///
    /// A device needs its number, see ``FileStatus/deviceNumber(major:minor:)``.
    ///
    /// - Throws: `E-IO-EXISTS`, `E-IO-DENIED` for a device made by another user than root, `E-IO-…` with the path.
    public func makeNode(
        _ name: FileName,
        kind: FileStatus.Kind,
        mode: UInt16,
        deviceNumber: UInt64 = 0
    ) throws(Fault) {
        let type: mode_t =
            switch kind {
            case .fifo: S_IFIFO
            case .socket: S_IFSOCK
            case .characterDevice: S_IFCHR
            case .blockDevice: S_IFBLK
            case .regular, .directory, .symbolicLink:
                preconditionFailure("only a pipe, a socket or a device is made here")
            }
        unsafe try named("make special file", name) {
            unsafe mknodat(rawValue, $0, type | mode_t(mode), dev_t(deviceNumber))
        }
    }

    /// What a symbolic link holds.
    ///
    /// - Throws: `E-IO-…` with the path; `invalid argument` when it is no symbolic link.
    public func readLink(_ name: FileName) throws(Fault) -> [UInt8] {
        var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe try named("read symbolic link", name) { text in
            unsafe target.withUnsafeMutableBytes { buffer in
                guard let start = unsafe buffer.bindMemory(to: CChar.self).baseAddress else {
                    return -1
                }
                return unsafe readlinkat(rawValue, text, start, buffer.count)
            }
        }
        return Array(target.prefix(count))
    }

    /// Gives a file of this folder one more name.
    ///
    /// - Throws: `E-IO-EXISTS` when the new name is taken, `E-IO-…` with the new path.
    public func hardLink(
        _ name: FileName,
        to directory: borrowing Directory,
        _ newName: FileName
    ) throws(Fault) {
        try checked("make hard link", directory.path.appending(newName)) {
            unsafe name.withCString { old in
                unsafe newName.withCString { new in
                    unsafe linkat(rawValue, old, directory.rawValue, new, 0)
                }
            }
        }
    }

    /// Renames within this folder; what had the new name is replaced in one step.
    ///
    /// - Throws: `E-IO-…` with the new path; then nothing has changed.
    public func rename(_ name: FileName, to newName: FileName) throws(Fault) {
        try checked("rename to", path.appending(newName)) {
            unsafe name.withCString { old in
                unsafe newName.withCString { new in
                    unsafe renameat(rawValue, old, rawValue, new)
                }
            }
        }
    }

    /// Renames into another folder of the same file system; what had the new name is replaced in one step.
    ///
    /// - Throws: `E-IO-…` with the new path, ``Fault/systemError`` being `improperLink` for another file system; then nothing
    ///   has changed.
    public func move(
        _ name: FileName,
        to directory: borrowing Directory,
        _ newName: FileName
    ) throws(Fault) {
        try checked("move to", directory.path.appending(newName)) {
            unsafe name.withCString { old in
                unsafe newName.withCString { new in
                    unsafe renameat(rawValue, old, directory.rawValue, new)
                }
            }
        }
    }

    /// Removes a name that is not a folder.
    ///
    /// - Throws: `E-IO-MISSING`, `E-IO-…` with the path.
    public func removeFile(_ name: FileName) throws(Fault) {
        unsafe try named("remove file", name) { unsafe unlinkat(rawValue, $0, 0) }
    }

    /// Removes an empty folder.
    ///
    /// - Throws: `E-IO-MISSING`, `E-IO-EXISTS` when it is not empty, `E-IO-…` with the path.
    public func removeDirectory(_ name: FileName) throws(Fault) {
        unsafe try named("remove folder", name) { unsafe unlinkat(rawValue, $0, AT_REMOVEDIR) }
    }

    @discardableResult
    func named<Value: FixedWidthInteger>(
        _ what: String,
        _ name: FileName,
        _ call: (UnsafePointer<CChar>) -> Value
    ) throws(Fault) -> Value {
        try checked(what, path.appending(name)) { unsafe name.withCString(call) }
    }
}

extension FileStatus {
    /// The number of a device, from its two parts.
    public static func deviceNumber(major: UInt32, minor: UInt32) -> UInt64 {
        linux_device(major, minor)
    }
}
