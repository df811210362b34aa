public import Model
internal import SystemPackage

/// Which folder a process of this host works in, as far as that can be told.
public enum Workplace: Sendable, Hashable {
    /// That one.
    case known(FileIdentity)
    /// The process belongs to another user, who does not let it be told.
    case hidden
    /// The process has ended.
    case none

    /// Looks at a process.
    ///
    /// - Throws: `E-IO-…`.
    public init(of process: Int32) throws(Fault) {
        do throws(Fault) {
            let status = try FileSystem.followedStatus(FilePath("/proc/\(process)/cwd"))
            self = status.map { .known($0.identity) } ?? .none
        } catch {
            switch error.systemError {
            case .permissionDenied, .notPermitted: self = .hidden
            case .noSuchProcess: self = .none
            default: throw error
            }
        }
    }

    /// The numbers of all processes of this host.
    ///
    /// - Throws: `E-IO-…`.
    public static func processes() throws(Fault) -> [Int32] {
        try Directory.open("/proc").names().compactMap { Int32($0.description) }
    }
}
