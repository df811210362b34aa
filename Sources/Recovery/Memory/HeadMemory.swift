internal import Model
internal import ObjectStorage
internal import Sealing
internal import SystemIO
internal import SystemPackage
internal import Vault

/// The newest snapshot of each stream that this host stored in a vault or saw there, kept outside of the vault.
///
/// A vault cannot tell by itself that its newest snapshots were taken away. A file for each stream and address,
/// `<stream>.<address>.newest` in the work folder, holds one line: the vault's id, a space, and the snapshot's name. Beside it
/// lies what else is remembered of an address.
struct HeadMemory: Sendable {
    private let vault: Digest256
    private let address: String
    private let folder: FilePath

    /// The memory of a vault; nothing is read or made.
    init(_ stack: Stack, _ vault: Vault) {
        self.init(stack, vault: vault.id, address: vault.store.address)
    }

    /// The memory of a vault at an address, which need not be there.
    init(_ stack: Stack, vault: Digest256, address: String) {
        self.vault = vault
        self.address = address
        folder = stack.state.appending("work")
    }

    /// What is remembered of a stream; nil when nothing is.
    ///
    /// - Throws: `E-MEMORY` when the file does not hold what it should, `E-IO-…`.
    func newest(of stream: StreamName) throws(Fault) -> SnapshotID? {
        let path = path(stream)
        guard try FileSystem.status(path) != nil else { return nil }
        let words = try text(path).split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let id = Digest256(hexadecimal: words[0]),
            let snapshot = SnapshotID(String(words[1])), snapshot.stream == stream
        else {
            throw Fault(
                .memoryDamaged,
                "unable to read what this host remembers of '\(stream.component)': '\(path.displayed)' does not hold what it should",
                hints: [
                    "The next backup, check or status writes it anew; look at the vault's newest snapshot yourself: lifeboat ls"
                ]
            )
        }
        // Another vault at the same address is another story; opening it was for the keys to allow.
        return id == vault ? snapshot : nil
    }

    /// Remembers a snapshot that this host has just stored.
    ///
    /// - Throws: `E-IO-…`; what was remembered before then still is.
    func keep(_ id: SnapshotID) throws(Fault) {
        try FileSystem.makeDirectories(folder, mode: 0o700)
        try DurableFile.replace(
            path(id.stream),
            with: Array("\(vault) \(id)\n".utf8),
            mode: 0o600
        )
    }

    /// Remembers a snapshot that was seen in the vault, if it is newer than what is remembered.
    ///
    /// Memory that is damaged is none: it is replaced, so that nobody has to mend it and it is told once.
    ///
    /// - Returns: that what was remembered was damaged, `E-MEMORY`; nil when it was not.
    /// - Throws: `E-IO-…`; what was there before then still is.
    @discardableResult
    func saw(_ id: SnapshotID) throws(Fault) -> Fault? {
        var damage: Fault?
        var known: SnapshotID?
        do throws(Fault) {
            known = try newest(of: id.stream)
        } catch  where error.code == .memoryDamaged { damage = error }
        if known.map({ $0.seq < id.seq }) ?? true { try keep(id) }
        return damage
    }

    /// What a file of the memory says; of one that is too long, which is damaged, nothing.
    private func text(_ path: FilePath) throws(Fault) -> String {
        do throws(Fault) {
            let bytes = try DurableFile.read(path, limit: ByteCount(4096))
            return String(decoding: bytes, as: UTF8.self)
        } catch  where error.code == .fileTooLarge { return "" }
    }

    /// Where is kept what lay under `hosts/`.
    var hosts: FilePath {
        folder.appending("\(Hashing.sha256(Array(address.utf8)).short).hosts")
    }

    /// Where the verified heads of a stream are cached.
    func cache(of stream: StreamName) -> FilePath { path(stream, "heads") }

    private func path(_ stream: StreamName, _ ending: String = "newest") -> FilePath {
        let address = Hashing.sha256(Array(address.utf8)).short
        return folder.appending("\(stream).\(address).\(ending)")
    }
}
