internal import FoundationEssentials
internal import Model
internal import Sealing
internal import SystemIO
internal import SystemPackage

/// Heads of one stream that this host has verified, kept on this host so that they are not read again.
///
/// ```
/// lifeboat heads 1 <vault id>
/// <the first 16 digits of the SHA-256 of what follows> <JSON of a summary>      one a line
/// ```
/// A name commits to 64 bits of a hash and a size to nothing, so what is cached is the host's own word: good for showing what
/// there is, never for restoring, deleting or proving, which read the head itself. A damaged line is forgotten.
struct HeadCache {
    private static let magic = "lifeboat heads 1 "
    private static let largestFile = ByteCount(1 << 30)
    private let path: FilePath
    private let vault: Digest256
    private var known: [SnapshotID: HeadSummary] = [:]
    private var isStale = false

    /// Reads what is cached; nothing when there is none, or it is another vault's.
    init(_ path: FilePath, vault: Digest256) {
        self.path = path
        self.vault = vault
        guard let bytes = try? DurableFile.read(path, limit: Self.largestFile) else { return }
        var lines = bytes.split(separator: 10)[...]
        guard let first = lines.popFirst(), first.elementsEqual("\(Self.magic)\(vault)".utf8) else {
            return
        }
        for line in lines {
            let text = line.dropFirst(17)
            guard line.prefix(16).elementsEqual(Hashing.sha256(text).short.utf8),
                let summary = try? JSONDecoder().decode(HeadSummary.self, from: Data(text))
            else {
                isStale = true
                continue
            }
            known[summary.id] = summary
        }
    }

    /// What is cached of an object of a name and a length.
    func summary(_ id: SnapshotID, objectBytes: Int64) -> HeadSummary? {
        guard let summary = known[id], summary.objectBytes == objectBytes else { return nil }
        return summary
    }

    /// Keeps exactly some summaries, if they are others than before.
    ///
    /// It is a cache: when it cannot be written, the next reader reads the heads again.
    func keep(_ summaries: [HeadSummary]) {
        guard
            isStale || summaries.count != known.count
                || summaries.contains(where: { known[$0.id] != $0 })
        else { return }
        var text = Array("\(Self.magic)\(vault)\n".utf8)
        for summary in summaries {
            let line = JSONText.encode(summary)
            text += Array(Hashing.sha256(line).short.utf8) + [32] + line + [10]
        }
        try? FileSystem.makeDirectories(path.removingLastComponent(), mode: 0o700)
        try? DurableFile.replace(path, with: text, mode: 0o600)
    }
}
