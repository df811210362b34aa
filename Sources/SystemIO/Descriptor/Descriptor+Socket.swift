import CLinux
import Glibc
public import Model
public import SystemPackage

extension Descriptor {
    /// Connects to a Unix socket.
    ///
    /// - Throws: `E-IO-…` with the path: nothing is there, nobody listens, or this user may not.
    public static func connect(toSocket path: FilePath) throws(Fault) -> Descriptor {
        let bytes = path.bytes
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw .unable("connect to socket", path, .fileNameTooLong)
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let number = try checked("make socket", path) { Glibc.socket(AF_UNIX, kind, 0) }
        let descriptor = Descriptor(owning: number, path: path)
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        try checked("connect to socket", path) {
            unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    unsafe Glibc.connect(number, generic, size)
                }
            }
        }
        return descriptor
    }

    /// Tells the other side of a socket that nothing more comes; what it sends can still be read.
    ///
    /// - Throws: `E-IO-…` when the other side has left.
    public func endWriting() throws(Fault) {
        let number = rawValue
        try checked("end socket", path) { Glibc.shutdown(number, Int32(SHUT_WR)) }
    }

    /// Ends both directions of a socket: who waits for the other side, in another thread, waits no more.
    public func hangUp() { _ = Glibc.shutdown(rawValue, Int32(SHUT_RDWR)) }

    /// Waits until something can be read from a pipe or a socket, or its end is there; blocks the thread.
    ///
    /// - Returns: whether it is so within the time.
    /// - Throws: `E-IO-…` when the system cannot tell.
    public func isReadable(within milliseconds: Int32) throws(Fault) -> Bool {
        let number = rawValue
        return try checked("wait for", path) { linux_poll_readable(number, milliseconds) } == 1
    }
}
