internal import Model
internal import Sealing
internal import StackConfiguration
internal import SystemIO
internal import SystemPackage

/// When a copy last held everything that it should, kept outside of it: a disk that is away cannot be asked.
///
/// A file for each copy, `<name>.<address>.current` in the work folder, holds one line: the vault's id, a space, and the
/// moment. Gone or unreadable, the copy is due.
struct CopyMemory {
    private let path: FilePath
    private let vault: Digest256

    /// The memory of a copy; nothing is read or made.
    init(_ stack: Stack, _ copy: CopyConfiguration, vault: Digest256) {
        let address = Hashing.sha256(Array(copy.address.description.utf8)).short
        path = stack.state.appending("work").appending("\(copy.name).\(address).current")
        self.vault = vault
    }

    /// The moment; nil when none is known.
    var last: Instant? {
        guard let bytes = try? DurableFile.read(path, limit: ByteCount(4096)) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        guard words.count == 2, Digest256(hexadecimal: words[0]) == vault else { return nil }
        return Instant(rfc3339: String(words[1]))
    }

    /// Remembers a moment.
    ///
    /// - Throws: `E-IO-…`; what was remembered before then still is.
    func keep(_ time: Instant) throws(Fault) {
        try FileSystem.makeDirectories(path.parent, mode: 0o700)
        try DurableFile.replace(
            path,
            with: Array("\(vault) \(time.codingText)\n".utf8),
            mode: 0o600
        )
    }
}
