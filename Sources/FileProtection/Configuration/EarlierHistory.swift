internal import FileTrees
internal import Model
internal import Vault

/// The history as the previous snapshot holds it: its objects in the order of a scan, then its references.
final class EarlierHistory {
    private var reader: ManifestReader?
    /// The next object; nil when there is none any more.
    private(set) var object: ManifestEntry?
    /// Its path.
    private(set) var path: TreePath?
    /// References other than the branch's own, known when there is no object any more.
    private(set) var references: [ManifestEntry] = []
    /// Why it cannot be read further.
    private(set) var refusal: Fault?

    /// Opens it and goes to the first object.
    init(_ session: BackupSession) async throws(Fault) {
        do throws(Fault) {
            reader = try await session.previousManifest()
        } catch  where BackupSession.canDoWithout(error) { refusal = error }
        try await advance()
    }

    /// Goes to the next object.
    func advance() async throws(Fault) {
        (object, path) = (nil, nil)
        do throws(Fault) {
            while let entry = try await reader?.next() {
                guard entry.kind == .file, let inside = HistoryPlace.inside(entry.path) else {
                    continue
                }
                if HistoryPlace.isObject(inside) {
                    (object, path) = (entry, TreePath(entry.path))
                    return
                }
                let isBranch = inside.elementsEqual(GitRepository.branch.utf8)
                if inside.starts(with: Array("refs/".utf8)), !isBranch { references.append(entry) }
            }
        } catch  where BackupSession.canDoWithout(error) { refusal = error }
        reader = nil
    }
}
