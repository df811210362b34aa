import Glibc

/// A blocking TCP socket on loopback, for fixtures with threads of their own.
struct LoopbackSocket: Sendable {
    let descriptor: Int32

    /// Whether somebody listens on a port.
    static func canConnect(to port: UInt16) -> Bool {
        guard let socket = connected(to: port) else { return false }
        socket.close()
        return true
    }

    /// Listens on a free port; nil when there is none.
    static func listening() -> (socket: LoopbackSocket, port: UInt16)? {
        guard let socket = opened() else { return nil }
        var address = Self.address(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let size = length
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(socket.descriptor, generic, size) == 0
                    && getsockname(socket.descriptor, generic, &length) == 0
            }
        }
        guard isBound, listen(socket.descriptor, 64) == 0 else {
            socket.close()
            return nil
        }
        return (socket, UInt16(bigEndian: address.sin_port))
    }

    /// Connects to a port; nil when nobody listens there.
    static func connected(to port: UInt16) -> LoopbackSocket? {
        guard let socket = opened() else { return nil }
        var address = Self.address(port: port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe connect(socket.descriptor, generic, size) == 0
            }
        }
        if isConnected { return socket }
        socket.close()
        return nil
    }

    /// The next connection; nil when the socket was closed.
    func accepted() -> LoopbackSocket? {
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return nil }
        _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
        return LoopbackSocket(descriptor: connection)
    }

    /// The next bytes, at most 64 KiB; empty at the end.
    func receive() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
            count = max(0, unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0))
        }
    }

    /// Sends all bytes; false when the other side is gone.
    @discardableResult
    func send(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor,
                    buffer.baseAddress,
                    buffer.count,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Wakes whoever waits on it.
    func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Frees it.
    func close() { _ = Glibc.close(descriptor) }

    /// Closes with a reset, as when a cable is cut.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_LINGER,
            &option,
            socklen_t(MemoryLayout<linger>.size)
        )
        close()
    }

    private static func opened() -> LoopbackSocket? {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, kind, 0)
        return descriptor < 0 ? nil : LoopbackSocket(descriptor: descriptor)
    }

    private static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return address
    }
}
