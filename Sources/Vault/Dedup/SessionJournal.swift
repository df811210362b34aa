internal import Model
internal import SystemIO
internal import SystemPackage

/// The packs that a running session has stored: what the next one may use if this one does not come to its end.
///
/// ```
/// lifeboat-session-1 <vault> <SHA-256 of the host's enrolment> LF
/// <pack> <bytes> LF …
/// ```
/// A file of the host's state folder. It is not synchronised: lines that a power failure takes cost an upload. A pack
/// counts only when the store's listing shows it, and never when the host seals to others than it did then.
final class SessionJournal {
    private static let title = "lifeboat-session-1"
    private static let limit = ByteCount(256 << 20)
    private let file: Descriptor
    private let path: FilePath
    private var end: Int64

    /// Begins a journal with what was taken over, replacing an earlier one.
    init(
        _ path: FilePath,
        vault: Digest256,
        enrolment: Digest256,
        packs: [PackReference]
    ) throws(Fault) {
        let text = Self.heading(vault, enrolment) + packs.map(Self.line).joined()
        try DurableFile.replace(path, with: Array(text.utf8), mode: 0o600)
        file = try Descriptor.open(path, .write)
        end = Int64(text.utf8.count)
        self.path = path
    }

    /// Notes that a pack is stored.
    func append(_ pack: PackReference) throws(Fault) {
        let line = Array(Self.line(pack).utf8)
        try file.write(line, at: end)
        end += Int64(line.count)
    }

    /// Ends it: the session has committed.
    func remove() throws(Fault) { try FileSystem.removeFile(path) }

    /// The packs that a session which did not come to its end has stored; none when another one's words are there.
    static func packs(
        _ path: FilePath,
        vault: Digest256,
        enrolment: Digest256
    ) throws(Fault) -> [PackReference] {
        guard try FileSystem.status(path)?.isRegular == true else { return [] }
        let bytes = try DurableFile.read(path, limit: limit)
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        guard let first = lines.first,
            heading(vault, enrolment).utf8.dropLast().elementsEqual(first)
        else { return [] }
        // What follows the last line feed was cut off by a crash.
        return lines.dropFirst().dropLast().compactMap { line in
            let words = line.split(separator: 32)
            guard words.count == 2,
                let id = Digest256(hexadecimal: String(decoding: words[0], as: UTF8.self)),
                let bytes = Int(String(decoding: words[1], as: UTF8.self))
            else { return nil }
            return PackReference(id: id, bytes: bytes)
        }
    }

    private static func heading(_ vault: Digest256, _ enrolment: Digest256) -> String {
        "\(title) \(vault) \(enrolment)\n"
    }

    private static func line(_ pack: PackReference) -> String { "\(pack.id) \(pack.bytes)\n" }
}
