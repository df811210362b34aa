import Glibc

/// A TCP port on loopback that nobody uses at the moment.
enum FreePort {
    /// Binds port 0 and gives what the kernel chose; 54321 when there are no sockets at all.
    static func find() -> UInt16 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return 54_321 }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let size = length
        return unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard unsafe bind(socket, generic, size) == 0,
                    unsafe getsockname(socket, generic, &length) == 0
                else { return 54_321 }
                return unsafe UInt16(bigEndian: pointer.pointee.sin_port)
            }
        }
    }
}
