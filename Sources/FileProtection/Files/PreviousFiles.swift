internal import FileTrees
internal import Model
internal import Protection
internal import Vault

/// The previous snapshot beside a scan: both are in one order, so one pass over each finds every file again.
final class PreviousFiles {
    /// How long before a backup a file must have been left alone for its times to tell that it is the same: the
    /// coarsest clock of a file system (FAT's) ticks every two seconds.
    static let margin: Duration = .seconds(2)

    private let session: BackupSession
    private let reader: ManifestReader?
    private let trusted: Instant
    private var entry: ManifestEntry?
    private var path: TreePath?
    /// Why the previous snapshot cannot be compared with; then every file is read.
    private(set) var refusal: Fault?

    /// Opens the manifest of the session's previous snapshot, if there is one.
    init(_ session: BackupSession) async throws(Fault) {
        self.session = session
        trusted = (session.previous?.head.time ?? Instant(nanoseconds: 0)) - Self.margin
        do throws(Fault) {
            reader = try await session.previousManifest()
        } catch  where BackupSession.canDoWithout(error) {
            reader = nil
            refusal = error
        }
    }

    /// The stored content of a file if it is still what the previous snapshot saw; nil when it must be read.
    ///
    /// Paths must come in the order of a scan.
    func content(of seen: TreeEntry) async throws(Fault) -> Content? {
        guard seen.kind == .file, let earlier = try await find(seen.path),
            earlier.kind == .file, !earlier.changedWhileRead,
            earlier.size == seen.size, earlier.modified == seen.modified,
            earlier.source == ManifestEntry(seen).source,
            // Later changes could carry the same times.
            max(seen.modified, seen.changed) < trusted
        else { return nil }
        return session.content(of: earlier)
    }

    private func find(_ wanted: TreePath) async throws(Fault) -> ManifestEntry? {
        while refusal == nil {
            if let path, wanted < path { return nil }
            if let path, wanted == path { return entry }
            do throws(Fault) {
                entry = try await reader?.next()
            } catch  where BackupSession.canDoWithout(error) {
                refusal = error
                return nil
            }
            guard let entry else {
                path = nil
                return nil
            }
            path = TreePath(entry.path)
        }
        return nil
    }
}
