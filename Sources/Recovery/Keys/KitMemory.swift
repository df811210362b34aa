internal import FoundationEssentials
internal import Model
internal import Sealing
internal import StackConfiguration
internal import SystemIO
internal import SystemPackage
internal import Vault

/// When the recovery kit was last proven to open the backups.
///
/// It is remembered twice: in a document of the vault, signed by the host, which survives the host,
/// and in the host's state, for a test on a host that is not enrolled.
struct KitMemory {
    /// What the file in the state folder says.
    struct Record: Codable {
        let time: Instant
        let proof: KitProof
    }

    private let stack: Stack

    init(_ stack: Stack) { self.stack = stack }

    private var file: FilePath { stack.state.appending("kit-test.json") }

    /// Remembers a proof, in the vault in the first of the copies that takes it.
    ///
    /// - Returns: whether the vault knows of it too; a host that is not enrolled cannot tell it.
    /// - Throws: `E-IO-…`; when no copy takes it, what the store of the first throws.
    func remember(_ proof: KitProof, in copies: [Vault]) async throws(Fault) -> Bool {
        let now = stack.clock.now()
        guard let text = try? JSONEncoder().encode(Record(time: now, proof: proof)) else {
            preconditionFailure("texts are always JSON")
        }
        try FileSystem.makeDirectories(stack.state, mode: 0o700)
        try DurableFile.replace(file, with: Array(text), mode: 0o600)
        let keys: HostKeys
        do throws(Fault) {
            keys = try stack.hostKeys()
        } catch  where error.code == .keysMissing { return false }
        var fault: Fault?
        for vault in copies
        where vault.enrolment(of: keys.host)?.key == keys.signing.verifyKey
            && !vault.isRevoked(keys.signing.verifyKey, host: keys.host)
        {
            do throws(Fault) {
                try await vault.publish(proof, in: .kits, keys: keys, at: now)
                return true
            } catch {
                if error.code == .cancelled { throw error }
                fault = fault ?? error
            }
        }
        if let fault { throw fault }
        return false
    }

    /// The last proof that a kit opens what is written now; nil when none is known.
    ///
    /// A proof of another recipient than those in force says nothing of the newest snapshots, and
    /// one from the future was dated by a clock that is wrong.
    ///
    /// - Throws: what the store throws.
    func lastTest(in vault: Vault) async throws(Fault) -> Record? {
        let now = stack.clock.now()
        let recipients = vault.enrolment(of: stack.configuration.host)?.recipients.map(\.text) ?? []
        let documents = try await vault.documents(of: .kits, as: KitProof.self).found
        let known = documents.map { Record(time: $0.time, proof: $0.content) } + own()
        return known.filter { record in
            record.proof.stack == stack.configuration.stack
                && recipients.contains(record.proof.recipient) && record.time <= now
        }.max { $0.time < $1.time }
    }

    /// What this host remembers by itself; a file that cannot be used is no memory.
    private func own() -> [Record] {
        guard let bytes = try? DurableFile.read(file, limit: ByteCount(1 << 20)),
            let record = try? JSONDecoder().decode(Record.self, from: Data(bytes))
        else { return [] }
        return [record]
    }
}
