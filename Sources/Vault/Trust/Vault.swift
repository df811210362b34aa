public import Model
public import ObjectStorage
public import Sealing

/// An opened vault: a store whose identity and hosts have been verified.
///
/// Everything in it rests on one number: the vault's id is the hash of the operator's key, that key vouches for the
/// hosts, and a host's key signs its heads.
public struct Vault: Sendable {
    /// Where the objects are.
    public let store: any ObjectStore
    /// SHA-256 of the operator's public key.
    public let id: Digest256
    /// The environment that it belongs to.
    public let environment: String
    /// The operator's public key.
    public let operatorKey: VerifyKey
    /// Every enrolment, by host and number.
    public let enrolments: [Enrolment]
    /// Every revocation of keys.
    public internal(set) var revocations: [Revocation] = []
    /// Those of them that this copy does not hold, but another one, or this copy once.
    var hearsay: Set<ObjectName> = []
    /// Those of them that this copy held when this host last opened it.
    var lostRevocations: [ObjectName] = []
    /// Documents under `hosts/` that could not be used, one fault each.
    public internal(set) var refusedHosts: [Fault]
    /// Their names.
    var refusedNames: [ObjectName] = []
    /// Whether something under `hosts/` is not what its name says, be it the document of another name: somebody put it there,
    /// perhaps over one that was.
    var hasStrayHosts = false
    /// What heads say of hosts and `hosts/` lacks.
    let heard = HeardHosts()
    /// Features that a program must know to write to the vault, and this one does not.
    let unknownWriteFeatures: [String]
    /// Features that a program must know to delete from the vault, and this one does not.
    let unknownCollectFeatures: [String]
    /// Whether what a revoked key signed counts all the same.
    public internal(set) var acceptsRevoked = false
    /// Whether this host stored this release's way out there: an earlier one was put back by somebody.
    var holdsOwnWayOut = false
    /// Who signed the pieces of log that were looked at.
    let signers = LogSigners()

    /// Opens the vault in a store.
    ///
    /// `expected`: the vault's id as the recovery kit or the host remembers it; nil trusts what is there.
    /// - Throws: `E-VAULT-NONE` when there is none, `E-VAULT-FORMAT-LOST` when there is all of it but its identity,
    ///   `E-VAULT-FORMAT` when it needs a newer program, `E-COPY-FOREIGN` when it is not the one that was expected,
    ///   `E-VAULT-TRUST` when it is forged, `E-VAULT-DAMAGED`, and what the store throws.
    public static func open(
        _ store: any ObjectStore,
        expecting expected: Digest256?
    ) async throws(Fault) -> Vault {
        let name = VaultName.format.objectName
        guard try await store.status(name) != nil else {
            try await refuseLostFormat(store)
            throw Fault(
                .noVault,
                "unable to open vault '\(store.address)': there is none",
                hints: ["Create one with `lifeboat init`, or mend the address under `copies:`."]
            )
        }
        let document = try await formatDocument(store)
        let (format, key) = try verified(document, object: name.description)
        if let expected, expected != format.vault {
            throw Fault(
                .copyForeign,
                "unable to open vault '\(store.address)': its id is \(format.vault.short), not \(expected.short)",
                hints: [
                    "Mend the address under `copies:`, or plug in the right disk; the recovery kit states the vault's id.",
                    "Where a bucket keeps versions and somebody put another vault in front: lifeboat check --repair",
                ]
            )
        }
        var vault = Vault(
            store: store,
            id: format.vault,
            environment: format.environment,
            operatorKey: key,
            enrolments: [],
            refusedHosts: [],
            unknownWriteFeatures: format.write,
            unknownCollectFeatures: format.gc
        )
        vault = try await vault.readingHosts()
        return vault
    }

    /// The newest enrolment of a host; nil when it is not enrolled.
    public func enrolment(of host: String) -> Enrolment? {
        enrolments.last { $0.host == host }
    }

    /// The hosts that were enrolled twice under the number which is their newest, each in a copy that did not know of the other.
    public var rivalHosts: [String] {
        Set(enrolments.map(\.host)).sorted().filter { host in
            let newest = enrolment(of: host)?.number
            return enrolments.count { $0.host == host && $0.number == newest } > 1
        }
    }

    /// Whether `key` is enrolled for `host`.
    func vouches(for key: VerifyKey, host: String) -> Bool {
        enrolments.contains { $0.host == host && $0.key == key }
    }

    private static func formatDocument(_ store: any ObjectStore) async throws(Fault)
        -> SignedDocument
    {
        let name = VaultName.format.objectName
        return try SignedDocument(
            parsing: try await store.get(name, limit: 1 << 20),
            object: name.description
        )
    }

    static func verified(
        _ document: SignedDocument,
        object: String
    ) throws(Fault) -> (FormatDocument, VerifyKey) {
        let number = try JSONText.decode(FormatNumber.self, document.document, of: object).format
        guard number == 1 else { throw unknown("open", "it is of format \(number)") }
        let format = try JSONText.decode(FormatDocument.self, document.document, of: object)
        guard format.read.isEmpty else {
            throw unknown("open", "it has features \(format.read.joined(separator: ", "))")
        }
        guard document.by.description == format.operator, document.by.digest == format.vault else {
            throw Fault(
                .untrusted,
                "unable to open the vault: its id is not the hash of the key that signed it",
                hints: [
                    "Its `format.json` is forged: bring the right one back with lifeboat check --repair."
                ]
            )
        }
        return (format, document.by)
    }

    /// Refuses to write to a vault that has features which a writer must know and this program does not.
    func checkWritable() throws(Fault) {
        guard unknownWriteFeatures.isEmpty else {
            throw Self.unknown(
                "write to",
                "it has features \(unknownWriteFeatures.joined(separator: ", "))"
            )
        }
    }

    /// Refuses to delete from a vault that has features which a collector must know and this program does not.
    func checkCollectable() throws(Fault) {
        guard unknownCollectFeatures.isEmpty else {
            throw Self.unknown(
                "delete from",
                "it has features \(unknownCollectFeatures.joined(separator: ", "))"
            )
        }
    }

    private static func unknown(_ verb: String, _ fact: String) -> Fault {
        Fault(
            .unknownFormat,
            "unable to \(verb) the vault: \(fact), and this program knows plain format 1",
            hints: ["Use a newer Lifeboat; nothing was changed."]
        )
    }

    func readingHosts() async throws(Fault) -> Vault {
        var names: [ObjectName] = []
        try await store.list("hosts/") { names.append($0.name) }
        var enrolments: [Enrolment] = []
        var revocations: [Revocation] = []
        var refused: [(name: ObjectName, fault: Fault, bytes: [UInt8])] = []
        let take = { (object: ObjectName, bytes: [UInt8]) throws(Fault) in
            switch VaultName(object) {
            case .host(let host, let number):
                enrolments.append(
                    try enrolment(bytes, of: host, number: number, object: object.text)
                )
            case .revocation(let host, let short):
                revocations.append(
                    try revocation(bytes, of: host, short: short, object: object.text)
                )
            default: return
            }
        }
        for object in names {
            var bytes: [UInt8] = []
            do throws(Fault) {
                bytes = try await store.get(object, limit: Self.largestDocument)
                try take(object, bytes)
            } catch  where error.code.disposition == .corrupt || error.code == .invalidKey {
                if let older = await olderDocument(object) {
                    try take(object, older)
                } else {
                    refused.append((object, error, bytes))
                }
            }
        }
        var vault = Vault(
            store: store,
            id: id,
            environment: environment,
            operatorKey: operatorKey,
            enrolments: enrolments.sorted { ($0.host, $0.number) < ($1.host, $1.number) },
            revocations: revocations,
            refusedHosts: [],
            unknownWriteFeatures: unknownWriteFeatures,
            unknownCollectFeatures: unknownCollectFeatures
        )
        for (object, fault, bytes) in refused {
            vault.hasStrayHosts = true
            if fault.code == .misplaced { continue }
            if let name = VaultName(object), case .revocation(let host, _) = name,
                vault.isCovered(name, host), fault.code == .damaged,
                !RevocationDocument.resembles(bytes)
            {
                continue
            }
            vault.refusedNames.append(object)
            vault.refusedHosts.append(fault)
        }
        return vault
    }

    /// A document under `hosts/` as it was before somebody overwrote it; nil where the store keeps no such version, or does
    /// not tell.
    private func olderDocument(_ object: ObjectName) async -> [UInt8]? {
        guard let name = VaultName(object) else { return nil }
        return try? await olderVersion(of: name, in: store)?.bytes
    }

    /// The enrolment in a document that stands under the name of a host and a number.
    func enrolment(
        _ bytes: [UInt8],
        of host: String,
        number: Int,
        object: String
    ) throws(Fault) -> Enrolment {
        let enrolment = try enrolment(bytes, object: object)
        let own = VaultName.host(enrolment.host, number: enrolment.number)
        guard own == .host(host, number: number) else {
            throw .misplaced(VaultName.host(host, number: number).objectName, own: own)
        }
        return enrolment
    }

    /// The enrolment in a document, wherever it stands.
    func enrolment(_ bytes: [UInt8], object: String) throws(Fault) -> Enrolment {
        let signed = try SignedDocument(parsing: bytes, object: object)
        let document = try JSONText.decode(HostDocument.self, signed.document, of: object)
        guard signed.by == operatorKey, document.vault == id, document.environment == environment
        else {
            throw Fault(
                .untrusted,
                "unable to trust host '\(document.host)': the operator did not enrol it here",
                hints: [
                    "The document is forged; it is never used. See who is enrolled: lifeboat key list"
                ]
            )
        }
        return try Enrolment(
            document,
            text: String(decoding: bytes, as: UTF8.self),
            object: object
        )
    }
}
