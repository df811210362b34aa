import Foundation

/// The package's own files, as the rules see them.
enum House {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// A file of the package.
    struct File: CustomStringConvertible {
        /// The path from the package's root.
        let path: String
        let text: String

        var description: String { path }
        var lines: [String] {
            text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
        /// The target a source belongs to: the second part of its path.
        var target: String {
            let parts = path.split(separator: "/")
            return parts.count > 1 ? String(parts[1]) : ""
        }
        var isGenerated: Bool { path.hasSuffix(".pb.swift") }
    }

    /// The Swift sources; generated ones are no work of ours.
    static var sources: [File] { swift(under: "Sources/") }

    /// The Swift files of the tests.
    static var tests: [File] { swift(under: "Tests/") }

    /// Every text file that can be committed.
    static let files: [File] = {
        var files: [File] = []
        let manager = FileManager.default
        guard let walk = manager.enumerator(atPath: root.path()) else { return files }
        for case let path as String in walk {
            let name = (path as NSString).lastPathComponent
            if name.hasPrefix(".build") || [".git", ".deps", "__pycache__"].contains(name) {
                walk.skipDescendants()
                continue
            }
            // What git ignores, see .gitignore.
            guard name != "Package.resolved", !name.hasSuffix(".o") else { continue }
            guard let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8)
            else { continue }
            files.append(File(path: path, text: text))
        }
        return files.sorted { $0.path < $1.path }
    }()

    private static func swift(under folder: String) -> [File] {
        files.filter { $0.path.hasPrefix(folder) && $0.path.hasSuffix(".swift") && !$0.isGenerated }
    }
}
