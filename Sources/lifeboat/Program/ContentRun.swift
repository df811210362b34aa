import Console
import FileProtection
import Model
import Recovery
import SystemPackage
import Vault

/// A look into the snapshots of one component.
struct ContentRun {
    let contents: ComponentContents
    let option: ContentOption

    /// Shows what was asked for.
    ///
    /// - Throws: as ``ComponentContents`` and ``SnapshotTree`` do, `E-CONSOLE-WRITE`.
    func perform(_ screen: Screen) async throws(Fault) {
        let query = try ContentQuery(
            paths: option.path.map { FilePath($0) },
            patterns: option.find
        )
        if option.all { return try await showAll(query, screen) }
        let point = try PointText(option.at ?? "latest")
        let tree = try await contents.tree(at: point.target, named: point.snapshot)
        guard let diff = option.diff else { return try await show(tree, query, screen) }
        let other = try PointText(diff)
        let earlier = try await contents.tree(at: other.target, named: other.snapshot)
        guard !option.patch || tree.snapshot.head.kind == .files else {
            throw Fault(
                .usage,
                "unable to show what changed in '\(tree.snapshot.id.stream.component)' line by line: only files and configurations hold texts that may be shown",
                hints: ["Leave --patch out."]
            )
        }
        try await compare(earlier, tree, query, screen)
    }

    private func show(
        _ tree: SnapshotTree,
        _ query: ContentQuery,
        _ screen: Screen
    ) async throws(Fault) {
        try screen.result(ContentText.title(tree), .dim)
        var count = 0
        try await tree.forEach(query) { (entry) throws(Fault) in
            count += 1
            try screen.result([ContentText.line(entry)])
            try screen.json("entry", ContentText.fields(entry, of: tree.snapshot))
        }
        if count == 0 { screen.note("nothing in this snapshot is meant by it") }
    }

    /// The versions of what is meant: each snapshot shows what no newer one has as it is.
    private func showAll(_ query: ContentQuery, _ screen: Screen) async throws(Fault) {
        var seen: Set<Version> = []
        for tree in try await contents.trees() {
            var isTitled = false
            try await tree.forEach(query) { (entry) throws(Fault) in
                guard seen.insert(Version(entry)).inserted else { return }
                if !isTitled { try screen.result(ContentText.title(tree), .dim) }
                isTitled = true
                try screen.result([ContentText.line(entry)])
                try screen.json("entry", ContentText.fields(entry, of: tree.snapshot))
            }
        }
        if seen.isEmpty { screen.note("nothing in any snapshot is meant by it") }
    }

    private struct Version: Hashable {
        let path: [UInt8]
        let kind: ManifestEntry.Kind
        let digest: ManifestEntry.Digest
        let modified: Instant
        let secret: [UInt8]

        init(_ entry: ManifestEntry) {
            path = entry.path
            kind = entry.kind
            // Folders change with every name in them: one is enough.
            let isFolder = entry.kind == .directory
            digest = entry.secretTag.isEmpty ? entry.digest : .none
            modified = isFolder ? Instant(nanoseconds: 0) : entry.modified
            secret = entry.secretTag
        }
    }

    /// Which lines of a text changed; nil when it is no text, too large, or only its attributes changed.
    private func patch(
        _ change: ContentChange,
        _ earlier: SnapshotTree,
        _ later: SnapshotTree
    ) async throws(Fault) -> [String]? {
        guard [.added, .removed, .changed].contains(change.kind), let entry = change.entry,
            entry.kind == .file
        else { return nil }
        let limit = TextDifference.limit
        var versions: [[UInt8]] = []
        for (tree, entry) in [(earlier, change.before), (later, change.after)] {
            guard let entry else {
                versions.append([])
                continue
            }
            guard let bytes = try await tree.content(of: entry, limit: limit) else { return nil }
            versions.append(bytes)
        }
        return try await TextDifference.lines(
            versions[0],
            versions[1],
            name: "/\(entry.displayedPath)"
        )
    }

    private func compare(
        _ earlier: SnapshotTree,
        _ later: SnapshotTree,
        _ query: ContentQuery,
        _ screen: Screen
    ) async throws(Fault) {
        try screen.result("from \(ContentText.title(earlier))", .dim)
        try screen.result("to   \(ContentText.title(later))", .dim)
        var counts: [ContentChange.Kind: Int] = [:]
        try await earlier.differences(to: later, query) { (change) async throws(Fault) in
            counts[change.kind, default: 0] += 1
            let patch = option.patch ? try await patch(change, earlier, later) : nil
            try screen.result(
                [ContentText.line(change, color: screen.hasColor)]
                    + (patch ?? []).map { "    \(Styled.visible($0))" }
            )
            try screen.json("change", ContentText.fields(change, patch))
        }
        try screen.result([ContentText.summary(counts)])
        try screen.json(
            "summary",
            ContentChange.Kind.allCases.map {
                JSONField($0.rawValue, .integer(Int64(counts[$0] ?? 0)))
            }
        )
    }
}
