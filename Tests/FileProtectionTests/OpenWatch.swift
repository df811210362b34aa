import Glibc
import SystemPackage

/// Hears of everything but folders that somebody opens in some folders.
struct OpenWatch: ~Copyable {
    private let descriptor: Int32

    init(_ folders: FilePath...) throws { try self.init(folders) }

    init(_ folders: [FilePath]) throws {
        descriptor = inotify_init1(Int32(IN_NONBLOCK))
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        for folder in folders {
            let watch = folder.withPlatformString {
                inotify_add_watch(descriptor, $0, UInt32(IN_OPEN))
            }
            guard watch >= 0 else { throw Errno(rawValue: errno) }
        }
    }

    deinit { close(descriptor) }

    /// The names opened since the last call.
    func names() -> [String] {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        var names: [String] = []
        var offset = 0
        // Each event: watch (4), mask (4), cookie (4), length (4), name padded with zeros.
        while offset + 16 <= count {
            let mask = buffer[offset + 4..<offset + 8].reversed().reduce(UInt32(0)) {
                $0 << 8 | UInt32($1)
            }
            let length = buffer[offset + 12..<offset + 16].reversed().reduce(0) {
                $0 << 8 | Int($1)
            }
            let name = buffer[offset + 16..<offset + 16 + length].prefix { $0 != 0 }
            if mask & UInt32(IN_ISDIR) == 0 { names.append(String(decoding: name, as: UTF8.self)) }
            offset += 16 + length
        }
        return names
    }
}
