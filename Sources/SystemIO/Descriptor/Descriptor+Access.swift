import Glibc

extension Descriptor {
    /// What is to be done with a file.
    public enum Access: Sendable {
        /// It is read.
        case read
        /// It is written.
        case write
        /// It is read and written.
        case readWrite

        var flags: Int32 {
            switch self {
            case .read: O_RDONLY
            case .write: O_WRONLY
            case .readWrite: O_RDWR
            }
        }
    }

    /// Whether a file may or must be made, with its permissions (the process's umask takes some away).
    public enum CreateMode: Sendable {
        /// The file must exist.
        case never
        /// The file is made when it is missing.
        case ifMissing(UInt16)
        /// The file must not exist; nothing is followed or replaced.
        case exclusive(UInt16)

        var flags: Int32 {
            switch self {
            case .never: 0
            case .ifMissing: O_CREAT
            case .exclusive: O_CREAT | O_EXCL
            }
        }

        var mode: mode_t {
            switch self {
            case .never: 0
            case .ifMissing(let mode), .exclusive(let mode): mode_t(mode)
            }
        }
    }
}
