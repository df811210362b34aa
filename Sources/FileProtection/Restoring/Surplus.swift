internal import FileTrees
internal import Model
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// What is at the place of a restore that the snapshot does not hold, though the component protects it.
struct Surplus: Sendable {
    /// The most that are named.
    static let most = 5
    /// How many there are, folders apart.
    private(set) var count = 0
    /// Some of them.
    private(set) var names: [String] = []

    /// Walks the place beside the manifest: both are in one order.
    ///
    /// - Throws: what reading the manifest throws.
    mutating func find(
        at roots: [TreeRoot],
        omitting own: [FilePath],
        beside manifest: ManifestReader,
        _ selects: (ManifestEntry) -> ManifestEntry?,
        sparing isSpared: (TreePath) -> Bool
    ) async throws(Fault) {
        let scanner = try TreeScanner(roots: roots, crossesMounts: true, omitting: own)
        var known = try await Self.next(manifest, selects)
        var (count, names) = (0, [String]())
        try await scanner.scan { (found) throws(Fault) in
            guard case .entry(let seen) = found else { return }
            try Cancellation.check("look what is there")
            while let path = known, path < seen.entry.path {
                known = try await Self.next(manifest, selects)
            }
            // Folders go when nothing is left in them.
            guard known != seen.entry.path, seen.entry.kind != .directory,
                !isSpared(seen.entry.path)
            else { return }
            count += 1
            if names.count < Self.most { names.append(seen.source.displayed) }
        }
        (self.count, self.names) = (count, names)
    }

    private static func next(
        _ manifest: ManifestReader,
        _ selects: (ManifestEntry) -> ManifestEntry?
    ) async throws(Fault) -> TreePath? {
        while let entry = try await manifest.next() {
            if let path = selects(entry).flatMap({ TreePath($0.path) }) { return path }
        }
        return nil
    }
}
