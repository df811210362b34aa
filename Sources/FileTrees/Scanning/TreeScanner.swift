public import Model
import SystemIO
public import SystemPackage

/// Walks files and folders in one fixed order, so that two scans can be merged.
///
/// The order is that of ``TreePath``: name by name, by bytes, each folder before what it holds. No symbolic link is
/// followed, except where a root itself is one. Memory holds the names of one chain of folders, the names of users
/// and groups, and one line for each file that has further hard links still to come.
public struct TreeScanner: Sendable {
    /// What a scan comes across.
    public enum Visit: Sendable {
        /// Something to be kept.
        case entry(ScannedEntry)
        /// Something that could not be read.
        case problem(TreeProblem)
        /// Something that is left out with all that is in it, by its place in the tree and on the host.
        case omitted(TreePath, FilePath)
    }

    private let roots: [TreeRoot]
    private let crossesMounts: Bool
    private let omitted: [FilePath]

    /// Describes a scan.
    ///
    /// - Parameters:
    ///   - roots: What to walk; their places in the tree must differ, and none may be inside another.
    ///   - crossesMounts: Whether to go into file systems that are mounted below a root; if not, only the mount
    ///     point itself is an entry.
    ///   - omitted: Files and folders of the host that are left out, by whatever names they are come across.
    /// - Throws: `E-VALUE` when places overlap.
    public init(
        roots: [TreeRoot],
        crossesMounts: Bool,
        omitting omitted: [FilePath] = []
    ) throws(Fault) {
        let sorted = roots.sorted { $0.place < $1.place }
        for (outer, inner) in zip(sorted, sorted.dropFirst())
        where inner.place.isAtOrBelow(outer.place) {
            throw Fault(
                .invalidValue,
                "unable to scan '\(inner.path.displayed)': its place '\(inner.place)' in the tree "
                    + "is inside that of '\(outer.path.displayed)'"
            )
        }
        self.roots = sorted
        self.crossesMounts = crossesMounts
        self.omitted = omitted
    }

    /// Walks everything once.
    ///
    /// What cannot be read, or vanishes, is visited as a problem and does not stop the walk.
    ///
    /// - Throws: What `visit` throws.
    public func scan(_ visit: (Visit) async throws(Fault) -> Void) async throws(Fault) {
        // One that cannot be examined, such as a disk that is away, cannot be come across either.
        let identities = omitted.compactMap { try? FileSystem.followedStatus($0)?.identity }
        var walk = TreeWalk(crossesMounts: crossesMounts, omitting: Set(identities))
        for root in roots { try await walk.start(root, visit) }
    }
}
