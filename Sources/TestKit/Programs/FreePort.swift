import Glibc
import Synchronization

/// TCP ports on loopback for the servers of tests.
///
/// They lie below those that the system gives to outgoing connections, so that no connection takes one between two
/// starts of a server, and no two servers of one test process get the same.
enum FreePort {
    private static let range: ClosedRange<UInt16> = 15_000...29_999
    private static let given = Mutex<Set<UInt16>>([])

    /// A port that nobody listens on and that was not given before.
    static func find() -> UInt16 {
        while true {
            let port = UInt16.random(in: range)
            let isNew = given.withLock { $0.insert(port).inserted }
            if isNew, isFree(port) { return port }
        }
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(socket, generic, size) == 0
            }
        }
    }
}
