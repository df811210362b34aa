internal import Model
internal import SystemIO
internal import SystemPackage

/// Which cluster a data directory is of.
///
/// A server runs `archive_command` and `restore_command` in its data directory.
enum ClusterIdentity {
    /// The system identifier that `global/pg_control` begins with; nil where there is no such file, or another user's.
    ///
    /// It never changes, so a file that is being written says it too.
    static func of(_ folder: FilePath) -> String? {
        let path = folder.appending("global/pg_control")
        guard let file = try? Descriptor.openOrdinary(path),
            let bytes = try? file.readFully(8, at: 0)
        else { return nil }
        let number = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return number == 0 ? nil : String(number)
    }
}
