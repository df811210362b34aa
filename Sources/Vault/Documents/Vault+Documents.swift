public import Model
public import ObjectStorage
internal import Sealing

extension Vault {
    /// How long a numbered document may be.
    static let largestDocument = 1 << 20

    /// Signs a document with the host's key and stores it with the next number of its folder.
    ///
    /// After success it is durable. After failure it may be there, whole, or not.
    ///
    /// - Throws: `E-KEYS-NOT-ENROLLED` when the host is not enrolled, `E-NUMBERS-USED-UP` when the folder has no number left,
    ///   and what the store throws.
    @discardableResult
    public func publish<Content: Codable & Sendable>(
        _ content: Content,
        in folder: DocumentFolder,
        keys: HostKeys,
        at time: Instant
    ) async throws(Fault) -> ObjectName {
        _ = try recipients(for: keys)
        let number = try await nextNumber(in: folder)
        let author = DocumentAuthor(
            type: folder.type,
            vault: id,
            host: keys.host,
            time: time,
            number: number,
            enrolment: enrolment(of: keys.host)?.text
        )
        let document = SignedDocument(
            DocumentText(author: author, content: content),
            key: keys.signing
        )
        let bytes = document.bytes
        precondition(bytes.count <= Self.largestDocument, "a document is at most 1 MiB")
        let name = VaultName.document(
            folder,
            number: number,
            short: Hashing.sha256(bytes).short
        ).objectName
        try await store.put(name, bytes)
        return name
    }

    /// A number above that of every document, up to a million beyond those that can be trusted: a number far beyond is a
    /// forger's, who would use up the ten digits.
    private func nextNumber(in folder: DocumentFolder) async throws(Fault) -> UInt64 {
        let names = try await documentNames(of: folder)
        let row = try await row(of: names)
        var trusted: UInt64 = 0
        for name in names where row.contains(name.number) {
            if try await isTrusted(name) {
                trusted = name.number
                break
            }
        }
        return try NumberRow.next(
            after: names.lazy.map(\.number),
            trusted: trusted,
            in: folder.rawValue
        )
    }

    /// Which numbers of a folder count; its names are given newest first.
    ///
    /// Nearly always the names show it; else documents are read until one can be trusted, or all are.
    private func row(of names: [DocumentName]) async throws(Fault) -> NumberRow {
        if acceptsRevoked { return .all }
        if let row = NumberRow(names: names.reversed().map(\.number)) {
            guard let last = names.first?.number, !row.contains(last) else { return row }
            for name in names where row.contains(name.number) {
                if try await isTrusted(name) { return row }
            }
        }
        var numbers: [UInt64] = []
        for name in names.reversed() where try await isTrusted(name) {
            numbers.append(name.number)
        }
        return NumberRow(numbers)
    }

    private func isTrusted(_ name: DocumentName) async throws(Fault) -> Bool {
        do throws(Fault) {
            let _: VaultDocument<AnyContent> = try await document(name)
            return true
        } catch  where error.code.disposition == .corrupt || error.code == .objectMissing {
            return false
        }
    }

    /// Hands the verified documents of a folder to `body`, newest first, as long as their numbers are wanted.
    ///
    /// One listing, and one read for each document that is wanted.
    ///
    /// - Returns: damaged and forged documents that were passed over, one fault each.
    /// - Throws: what the store throws.
    public func newestDocuments<Content: Codable & Sendable>(
        of folder: DocumentFolder,
        as type: Content.Type,
        while isWanted: (_ number: UInt64) -> Bool,
        _ body: (VaultDocument<Content>) -> Void
    ) async throws(Fault) -> [Fault] {
        var refused: [Fault] = []
        let names = try await documentNames(of: folder)
        let row = try await row(of: names)
        for name in names {
            guard isWanted(name.number) else { break }
            let found: VaultDocument<Content>
            do throws(Fault) {
                found = try await document(name)
                guard row.contains(name.number) else { throw .outOfPlace(name.info.name.text) }
            } catch  where error.code.disposition == .corrupt || error.code == .objectMissing {
                refused.append(error)
                continue
            }
            body(found)
        }
        return refused
    }

    private struct DocumentName {
        let folder: DocumentFolder
        let number: UInt64
        let short: String
        let info: ObjectInfo
    }

    /// The names in a folder, newest first.
    private func documentNames(of folder: DocumentFolder) async throws(Fault) -> [DocumentName] {
        var names: [DocumentName] = []
        try await store.list("\(folder.rawValue)/") { info in
            guard case .document(folder, let number, let short) = VaultName(info.name) else {
                return
            }
            names.append(DocumentName(folder: folder, number: number, short: short, info: info))
        }
        return names.sorted { ($0.number, $0.short) > ($1.number, $1.short) }
    }

    private func document<Content: Codable & Sendable>(
        _ name: DocumentName
    ) async throws(Fault) -> VaultDocument<Content> {
        try document(
            try await store.get(name.info.name, limit: Self.largestDocument),
            name.info,
            name.folder,
            number: name.number,
            short: name.short
        )
    }

    /// The verified documents of a folder, by number; damaged and forged ones are in `refused`, one fault each.
    ///
    /// One listing and one read a document.
    ///
    /// - Throws: what the store throws.
    public func documents<Content: Codable & Sendable>(
        of folder: DocumentFolder,
        as type: Content.Type
    ) async throws(Fault) -> (found: [VaultDocument<Content>], refused: [Fault]) {
        var found: [VaultDocument<Content>] = []
        let refused = try await newestDocuments(of: folder, as: type, while: { _ in true }) {
            found.append($0)
        }
        return (found.reversed(), refused.reversed())
    }

    /// A document that stands under a name, verified.
    func document<Content: Codable & Sendable>(
        _ bytes: [UInt8],
        _ info: ObjectInfo,
        _ folder: DocumentFolder,
        number: UInt64,
        short: String
    ) throws(Fault) -> VaultDocument<Content> {
        let object = info.name.text
        let read: ReadDocument<Content> = try readDocument(bytes, short: short, object: object)
        try trust(read, folder, number: number, short: short, name: info.name)
        return VaultDocument(
            name: info.name,
            number: number,
            host: read.author.host,
            time: read.author.time,
            stored: info.modified,
            content: try read.content.get()
        )
    }

    /// Proves that bytes are the document of a name, by an enrolled host.
    ///
    /// - Throws: `E-VAULT-DAMAGED`, `E-VAULT-TRUST`, `E-VAULT-REVOKED`, `E-VAULT-MISPLACED`.
    func proveDocument(
        _ bytes: [UInt8],
        _ folder: DocumentFolder,
        number: UInt64,
        short: String,
        name: ObjectName
    ) throws(Fault) {
        let read: ReadDocument<AnyContent> = try readDocument(
            bytes,
            short: short,
            object: name.text
        )
        try trust(read, folder, number: number, short: short, name: name)
    }

    /// What a document says and whose signature fits it, before anybody trusts that.
    private func readDocument<Content: Codable & Sendable>(
        _ bytes: [UInt8],
        short: String,
        object: String
    ) throws(Fault) -> ReadDocument<Content> {
        let digest = Hashing.sha256(bytes)
        guard digest.short == short else {
            throw .damaged(object, "its bytes are not those that its name commits to")
        }
        return try ReadDocument(bytes, digest: digest, object: object)
    }

    /// Whether a document is that of a name, by an enrolled host whose key counts.
    private func trust<Content>(
        _ document: ReadDocument<Content>,
        _ folder: DocumentFolder,
        number: UInt64,
        short: String,
        name: ObjectName
    ) throws(Fault) {
        let (by, author, object) = (document.by, document.author, name.text)
        guard author.format == 1, author.vault == id,
            let home = DocumentFolder.allCases.first(where: { $0.type == author.type }),
            home == folder || author.number != nil
        else { throw .damaged(object, "it is another document") }
        guard
            vouches(for: by, host: author.host)
                || isEnrolment(author.enrolment, of: by, host: author.host)
        else { throw .untrusted(object, host: author.host) }
        guard !refuses(by, host: author.host, object: ObjectMark(name)) else {
            throw .revoked(object, host: author.host)
        }
        // Somebody stored it once more, to make it count anew.
        let own = VaultName.document(home, number: author.number ?? number, short: short)
        guard own.objectName == name else { throw .misplaced(name, own: own) }
    }
}
