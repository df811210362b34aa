import FileTrees
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Patterns mean what git means by them: random ones, on random trees, with `git check-ignore` as the judge.
@Suite(.ownThreads) struct GitIgnoreTests {
    private static let names = ["a", "b", "ab", "ba", "a.log", "b.log", ".h", "x-y", "a*", "c]"]
    /// Without `b**/x`: git cuts off the `b` before it looks, and then takes `**` for any folders, against its own manual (git 2.39).
    private static let pieces = [
        "a", "b", "ab", "*", "?", "**", "*.log", "[ab]", "[!a]*", "[^b]", "[a-c]?", "\\*", "a\\*",
        ".*", "*a", "a*b", "x-?", "**a", "[]c]*", "c]",
    ]

    private static func pattern(_ random: inout SeededGenerator) -> String {
        let count = Int.random(in: 1...3, using: &random)
        let parts = (0..<count).compactMap { _ in pieces.randomElement(using: &random) }
        let isNegated = Int.random(in: 0..<4, using: &random) == 0
        let isAnchored = Int.random(in: 0..<4, using: &random) == 0
        let isFolder = Int.random(in: 0..<4, using: &random) == 0
        return (isNegated ? "!" : "") + (isAnchored ? "/" : "") + parts.joined(separator: "/")
            + (isFolder ? "/" : "")
    }

    /// A tree with files and folders of these names, three deep; its paths, and which are folders.
    private static func tree(
        at root: FilePath,
        _ random: inout SeededGenerator
    ) throws -> [TreePath: Bool] {
        var paths: [TreePath: Bool] = [:]
        var folders = [TreePath.root]
        for _ in 0..<50 {
            guard let folder = folders.randomElement(using: &random),
                let name = names.randomElement(using: &random).flatMap({ FileName(Array($0.utf8)) })
            else { continue }
            let path = folder.appending(name)
            guard paths[path] == nil else { continue }
            let isFolder = path.names.count < 3 && Bool.random(using: &random)
            paths[path] = isFolder
            if isFolder {
                folders.append(path)
                try FileSystem.makeDirectories(path.path(below: root), mode: 0o755)
            } else {
                try DurableFile.create(path.path(below: root), with: [], mode: 0o644)
            }
        }
        return paths
    }

    @Test(arguments: UInt64(1)...40)
    func `what git ignores is left out, and nothing else`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let scratch = try ScratchFolder()
        let git = { (arguments: [String]) in
            Command(
                "git",
                arguments: ["-C", scratch.path.string] + arguments,
                environment: [
                    "PATH": "/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null",
                    "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C",
                ]
            )
        }
        _ = try await git(["init", "-q", "--template="]).runSuccessfully(outputLimit: 1 << 10)
        let paths = try Self.tree(at: scratch.path, &random)
        for round in 0..<6 {
            let count = Int.random(in: 1...5, using: &random)
            // Both refuse or pass over what is no pattern, each in its way.
            let patterns = (0..<count).map { _ in Self.pattern(&random) }
                .filter { (try? PathPattern($0)) != nil }
            let rules = try PathRules(excluding: patterns)
            try DurableFile.replace(
                scratch.path.appending(".gitignore"),
                with: Array(patterns.map { $0 + "\n" }.joined().utf8),
                mode: 0o644
            )
            let input: [UInt8] = paths.keys.sorted().flatMap { $0.bytes + [0] }
            let result = try await git(["check-ignore", "--no-index", "-z", "--stdin"])
                .run(input: input, outputLimit: 1 << 20)
            let ignored = Set(result.output.split(separator: 0).map { Array($0) })
            for (path, isFolder) in paths {
                let isLeftOut = Self.isLeftOut(path, isFolder, rules)
                #expect(
                    isLeftOut == ignored.contains(path.bytes),
                    "\(path) with \(patterns), seed \(seed), round \(round)"
                )
            }
        }
    }

    /// As a scan decides: a folder that is left out takes with it what is in it.
    private static func isLeftOut(_ path: TreePath, _ isFolder: Bool, _ rules: PathRules) -> Bool {
        var place = TreePath.root
        let names = path.names
        for (index, name) in names.enumerated() {
            place = place.appending(name)
            let isLast = index == names.count - 1
            if rules.excludes(place, isDirectory: isLast ? isFolder : true) { return true }
        }
        return false
    }
}
