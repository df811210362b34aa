public import Model
internal import ObjectStorage
public import Sealing

/// Looks at every object of a vault.
///
/// Without identities it proves that every byte is what its name or its signature commits to, and that nothing that a
/// head names is missing. With identities it also decodes every file of every snapshot and every piece of log.
public struct VaultCheck {
    private let vault: Vault
    private var report = CheckReport()
    private var packs: [Digest256: Int64] = [:]
    private var broken: Set<Digest256> = []
    private var snapshots: [Snapshot] = []
    private var streams: Set<StreamName> = []

    private static let readBytes: Int64 = 4 << 20

    /// Prepares a check.
    public init(_ vault: Vault) { self.vault = vault }

    /// Runs the check; `progress` hears of objects as they are done.
    ///
    /// `identities`: empty for a keyless check.
    /// - Throws: what the store throws, other than about single objects; damage is in the report.
    public consuming func run(
        identities: [AgeIdentity] = [],
        progress: (CheckReport) -> Void
    ) async throws(Fault) -> CheckReport {
        var infos: [ObjectInfo] = []
        try await vault.store.list("") { infos.append($0) }
        for info in infos {
            try await check(info)
            report.objects += 1
            progress(report)
        }
        checkWayOutIsThere(infos)
        checkReferences()
        if !identities.isEmpty { try await checkContents(identities, progress: progress) }
        report.damage.sort { ($0.object, $0.fact) < ($1.object, $1.fact) }
        return report
    }

    private mutating func note(_ object: String, _ fact: String) {
        report.damage.append(CheckReport.Finding(object: object, fact: fact))
    }

    /// Runs one step; a fault about the object itself becomes a finding.
    private mutating func finding(
        _ object: String,
        _ step: (inout VaultCheck) async throws(Fault) -> Void
    ) async throws(Fault) {
        do throws(Fault) {
            try await step(&self)
        } catch
            where error.code.disposition == .corrupt || error.code == .objectMissing
            || error.code == .invalidKey || error.code == .unknownFormat
        {
            note(object, error.message)
        }
    }

    private mutating func check(_ info: ObjectInfo) async throws(Fault) {
        guard let name = VaultName(info.name) else { return report.foreign.append(info.name.text) }
        report.bytes += ByteCount(info.bytes)
        try await finding(info.name.text) { check async throws(Fault) in
            switch name {
            case .pack(let id): try await check.checkPack(id, info)
            case .snapshot(let stream, let seq, let short):
                let id = SnapshotID(stream: stream, seq: seq, short: short)
                try await check.checkSnapshot(id, info)
            case .log(let stream, let epoch, let from, let to, let short):
                let piece = LogPiece(
                    epoch: epoch,
                    from: from,
                    to: to,
                    short: short,
                    objectBytes: info.bytes
                )
                try await check.checkLog(name, piece, stream: stream)
            case .history(let stream, let epoch, let short):
                let piece = LogPiece(
                    epoch: epoch,
                    from: 0,
                    to: 0,
                    short: short,
                    objectBytes: info.bytes
                )
                try await check.checkLog(name, piece, stream: stream)
            case .host(let host, let number):
                _ = try check.vault.enrolment(
                    try await check.read(info),
                    of: host,
                    number: number,
                    object: info.name.text
                )
            case .format: try await check.checkFormat(info)
            case .document(let folder, let number, let short):
                try await check.checkDocument(info, folder, number: number, short: short)
            case .wayOut(let file): try await check.checkWayOut(file, info)
            }
        }
    }

    /// A document; no other object is read whole before its name or signature was looked at.
    private func read(_ info: ObjectInfo) async throws(Fault) -> [UInt8] {
        try await vault.store.get(info.name, limit: 1 << 20)
    }

    private mutating func checkPack(_ id: Digest256, _ info: ObjectInfo) async throws(Fault) {
        packs[id] = info.bytes
        var digest = DigestStream()
        for start in stride(from: 0, to: info.bytes, by: Int(Self.readBytes)) {
            let end = min(start + Self.readBytes, info.bytes)
            digest.update(try await vault.store.read(info.name, range: start..<end))
        }
        guard digest.finish() == id else {
            broken.insert(id)
            throw .damaged(info.name.text, "its bytes are not those that its name commits to")
        }
    }

    private mutating func checkSnapshot(_ id: SnapshotID, _ info: ObjectInfo) async throws(Fault) {
        let object = info.name.text
        let snapshot = try await vault.snapshot(id, objectBytes: info.bytes)
        let bytes = try await vault.wholeObject(
            .snapshot(id.stream, seq: id.seq, short: id.short),
            short: id.short,
            length: info.bytes
        )
        _ = try SignedObject(parsing: bytes, object: object).body(
            snapshot.head.body,
            object: object
        )
        snapshots.append(snapshot)
        report.snapshots += 1
    }

    private mutating func checkLog(
        _ name: VaultName,
        _ piece: LogPiece,
        stream: StreamName
    ) async throws(Fault) {
        streams.insert(stream)
        _ = try await vault.verifiedLog(name, piece, stream: stream)
    }

    private func checkFormat(_ info: ObjectInfo) async throws(Fault) {
        let document = try SignedDocument(parsing: try await read(info), object: info.name.text)
        guard try Vault.verified(document, object: info.name.text).0.vault == vault.id else {
            throw .damaged(info.name.text, "it is another vault's")
        }
    }

    private func checkDocument(
        _ info: ObjectInfo,
        _ folder: DocumentFolder,
        number: UInt64,
        short: String
    ) async throws(Fault) {
        let _: VaultDocument<NoContent> = try vault.document(
            try await read(info),
            info,
            folder,
            number: number,
            short: short
        )
    }

    /// What a check reads of a document beyond its author: nothing.
    private struct NoContent: Codable, Sendable {}

    private func checkWayOut(_ file: String, _ info: ObjectInfo) async throws(Fault) {
        let bytes = try await read(info)
        guard WayOut.files.contains(where: { $0.name == file && $0.bytes == bytes }) else {
            throw .damaged(info.name.text, "it is not the one that this program ships")
        }
    }

    private mutating func checkWayOutIsThere(_ infos: [ObjectInfo]) {
        let present = Set(infos.lazy.map(\.name.text))
        for name in VaultName.wayOutNames where !present.contains(name) {
            note(name, "it is missing; without it the vault cannot be read without Lifeboat")
        }
    }

    private mutating func checkReferences() {
        var named: Set<Digest256> = []
        for snapshot in snapshots {
            for pack in snapshot.head.packs where named.insert(pack.id).inserted {
                let name = VaultName.pack(pack.id).objectName.text
                if let bytes = packs[pack.id] {
                    if bytes != Int64(pack.bytes) {
                        note(name, "it is \(bytes) bytes long, not \(pack.bytes)")
                    }
                } else {
                    note(name, "it is missing; \(snapshot.id) needs it")
                }
            }
        }
        report.unreferenced = packs.keys.filter { !named.contains($0) }.count
    }

    private mutating func checkContents(
        _ identities: [AgeIdentity],
        progress: (CheckReport) -> Void
    ) async throws(Fault) {
        for snapshot in snapshots {
            try await finding(snapshot.id.description) { check async throws(Fault) in
                let deep = SnapshotCheck(check.vault, snapshot, identities: identities)
                check.report.files += try await deep.run()
            }
            progress(report)
        }
        for stream in streams.sorted() {
            let reader = try await LogReader(vault, stream: stream)
            for piece in reader.pieces {
                try await finding(reader.name(of: piece).text) { _ async throws(Fault) in
                    _ = try await reader.content(of: piece, identities: identities)
                }
            }
        }
    }
}
