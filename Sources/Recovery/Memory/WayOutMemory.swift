internal import Model
internal import ObjectStorage
internal import Sealing
internal import StackConfiguration
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Which release's way out a copy was given, kept outside of it: so only the first backup of a release looks at it.
///
/// A file for each copy, `<name>.<address>.wayout` in the work folder, holds one line: the vault's id, a space, and the hash of
/// the files; then `refused` where the copy did not take them. Gone or unreadable, they are looked at again.
struct WayOutMemory {
    private let path: FilePath
    private let vault: Vault

    /// The memory of a copy; nothing is read or made.
    init(_ stack: Stack, _ copy: CopyConfiguration, _ vault: Vault) {
        let address = Hashing.sha256(Array(copy.address.description.utf8)).short
        path = stack.state.appending("work").appending("\(copy.name).\(address).wayout")
        self.vault = vault
    }

    private var line: String { "\(vault.id) \(WayOut.digest)\n" }
    private var refusedLine: String { "\(vault.id) \(WayOut.digest) refused\n" }

    private var text: String? {
        let known = try? DurableFile.read(path, limit: ByteCount(4096))
        return known.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether this host gave the copy this release's way out, and it took it.
    var isGiven: Bool { text == line }

    /// Gives the copy this release's way out, unless it was given it before.
    ///
    /// A copy that may not be changed keeps the one that it has, which is good for what was backed up before; that is told once.
    ///
    /// - Returns: why the copy does not hold it; nil when it does.
    func renew() async -> Fault? {
        guard let text, [line, refusedLine].contains(text) else { return await give() }
        return nil
    }

    private func give() async -> Fault? {
        var refusal: Fault?
        do throws(Fault) {
            do throws(Fault) {
                try await vault.renewWayOut()
            } catch  where error.code == .storeDenied || error.code == .objectLocked {
                refusal = error
            }
            try FileSystem.makeDirectories(path.parent, mode: 0o700)
            let told = refusal == nil ? line : refusedLine
            try DurableFile.replace(path, with: Array(told.utf8), mode: 0o600)
        } catch { return error }
        return refusal
    }
}
