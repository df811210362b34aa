internal import Model
internal import ObjectStorage
internal import Sealing
internal import SystemIO
public import SystemPackage

/// What lay under `hosts/` of a copy when this host last opened it, kept on this host.
///
/// ```
/// lifeboat hosts 1 <vault id>
/// <a document, two lines>      one after the other
/// ```
/// Who deletes a document of a host there leaves no trace in the vault but in heads that its key signed, which not everybody
/// reads. The operator signed each document, so what is kept is believed for its signature alone. A damaged file is none.
struct HostMemory {
    private static let magic = "lifeboat hosts 1 "
    private static let largestFile = ByteCount(1 << 28)
    private let path: FilePath
    private let vault: Digest256

    init(_ path: FilePath, vault: Digest256) {
        self.path = path
        self.vault = vault
    }

    /// The documents that are kept, as texts; none when they are another vault's.
    var documents: [String] {
        guard let bytes = try? DurableFile.read(path, limit: Self.largestFile) else { return [] }
        var lines = bytes.split(separator: 10)[...]
        guard let first = lines.popFirst(), first.elementsEqual("\(Self.magic)\(vault)".utf8) else {
            return []
        }
        var documents: [String] = []
        while let document = lines.popFirst(), let seal = lines.popFirst() {
            documents.append(String(decoding: document + [10] + seal + [10], as: UTF8.self))
        }
        return documents
    }

    /// Keeps exactly some documents.
    ///
    /// Only where this host has a state folder: who reads a vault from elsewhere makes none. Where that cannot be written, the
    /// next who can does it.
    func keep(_ documents: [String]) {
        let folder = path.removingLastComponent()
        guard (try? FileSystem.status(folder.removingLastComponent())) ?? nil != nil else { return }
        let text = "\(Self.magic)\(vault)\n\(documents.joined())"
        try? FileSystem.makeDirectories(folder, mode: 0o700)
        try? DurableFile.replace(path, with: Array(text.utf8), mode: 0o600)
    }
}

extension Vault {
    /// The same vault, knowing also what this copy held under `hosts/` when this host last opened it, and what is gone of that.
    ///
    /// Remembers what it holds now. `path`: a file of its own for this copy, whose folder need not be there. One read, and a
    /// write when something is new.
    public func recalling(_ path: FilePath) -> Vault {
        let memory = HostMemory(path, vault: id)
        let known = memory.documents
        var vault = self
        var kept = Set(hostDocuments.map { String(decoding: $0.bytes, as: UTF8.self) })
        for text in known where !kept.contains(text) {
            let bytes = Array(text.utf8)
            if let enrolment = try? enrolment(bytes, object: "hosts/") {
                heard.note(enrolment, isCarried: true)
            } else if let revocation = try? revocation(bytes) {
                vault.revocations.append(revocation)
                vault.hearsay.insert(revocation.name)
                vault.lostRevocations.append(revocation.name)
            } else {
                continue
            }
            kept.insert(text)
        }
        if kept != Set(known) { memory.keep(kept.sorted()) }
        return vault
    }

    /// The revocation in a document, under whatever name.
    private func revocation(_ bytes: [UInt8]) throws(Fault) -> Revocation {
        let signed = try SignedDocument(parsing: bytes, object: "hosts/")
        let host = try JSONText.decode(RevocationDocument.self, signed.document, of: "hosts/").host
        return try revocation(
            bytes,
            of: host,
            short: Hashing.sha256(bytes).short,
            object: "hosts/"
        )
    }
}
