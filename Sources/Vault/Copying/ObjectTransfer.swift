internal import Model
internal import ObjectStorage

/// Takes one object from a copy of a vault to another.
struct ObjectTransfer: Sendable {
    /// How it ended.
    enum Outcome: Sendable {
        /// The target holds it; it was damaged there before when `mended`.
        case copied(bytes: Int, mended: Bool)
        /// The source's object is not what its name promises, or cannot be read; nothing was written.
        case refused(Fault)
        /// One of the stores fails.
        case failed(Fault)
    }

    let source: Vault
    let target: Vault

    /// Reads, proves, writes.
    func run(_ name: VaultName) async -> Outcome {
        let bytes: [UInt8]
        do throws(Fault) {
            bytes = try await source.wholeObject(name)
        } catch { return await isAboutObject(error) ? .refused(error) : .failed(error) }
        do throws(Fault) {
            return .copied(bytes: bytes.count, mended: try await write(bytes, name.objectName))
        } catch { return .failed(error) }
    }

    /// Writes proven bytes; tells whether they took the place of others.
    func write(_ bytes: [UInt8], _ name: ObjectName) async throws(Fault) -> Bool {
        do throws(Fault) {
            try await target.store.put(name, bytes)
            return false
        } catch  where error.code == .objectExists {
            try await target.store.replace(name, with: bytes)
            return true
        }
    }

    /// Whether a fault concerns one object: a bad sector, or an object in an archive, must not stop all others.
    private func isAboutObject(_ fault: Fault) async -> Bool {
        if fault.code.disposition == .corrupt || fault.code == .objectMissing { return true }
        if fault.code == .cancelled || Task.isCancelled { return false }
        return (try? await source.store.status(VaultName.format.objectName)) != nil
    }
}
