internal import Model
internal import SystemIO
internal import SystemPackage

/// The commit that is checked out in somebody's work tree, found without git.
///
/// ```
/// .git/HEAD ──▶ 40 digits
///          └──▶ ref: refs/… ──▶ .git/refs/… ──▶ 40 digits
///                          └──▶ .git/packed-refs: a line "40 digits, space, name"
/// ```
/// Source: gitrepository-layout(5). Only ordinary files are read, name by name, and no symbolic link is followed.
enum CheckedOutCommit {
    private static let linesLimit = ByteCount(16 << 20)

    /// - Returns: nil where this way cannot tell: a repository of another format, or without a commit.
    /// - Throws: `E-IO-…`.
    static func read(in tree: FilePath) throws(Fault) -> String? {
        guard let repository = FileName(".git") else { return nil }
        let folder = try Directory.open(tree).child(repository)
        guard let head = try text(["HEAD"], in: folder, limit: ByteCount(4096)) else { return nil }
        let line = firstLine(head)
        if isCommit(line) { return line }
        guard line.hasPrefix("ref: ") else { return nil }
        let name = String(line.dropFirst(5))
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1, parts[0] == "refs" else { return nil }
        if let loose = try text(parts, in: folder, limit: ByteCount(4096)) {
            let line = firstLine(loose)
            return isCommit(line) ? line : nil
        }
        guard let packed = try text(["packed-refs"], in: folder, limit: linesLimit) else {
            return nil
        }
        let ending = " " + name
        for line in packed.split(separator: "\n") where line.hasSuffix(ending) {
            let commit = String(line.dropLast(ending.count))
            return isCommit(commit) ? commit : nil
        }
        return nil
    }

    /// The text of a file; nil when it is not there, or no ordinary one.
    private static func text(
        _ names: [String],
        in folder: borrowing Directory,
        limit: ByteCount
    ) throws(Fault) -> String? {
        do throws(Fault) {
            var place = try folder.reopened()
            for name in names.dropLast() {
                guard let name = FileName(name) else { return nil }
                place = try place.child(name)
            }
            guard let last = names.last.flatMap({ FileName($0) }) else { return nil }
            return String(
                decoding: try place.openFile(last, .read).readAll(limit: limit),
                as: UTF8.self
            )
        } catch  where error.code == .fileMissing || error.code == .fileKind { return nil }
    }

    private static func firstLine(_ text: String) -> String {
        text.split(separator: "\n").first.map(String.init) ?? ""
    }

    private static func isCommit(_ text: String) -> Bool {
        text.utf8.count == 40
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
