import FoundationEssentials
public import Model
public import SystemIO
public import SystemPackage

/// The ledger of a stack as a file of its state folder.
public struct LedgerFile: Sendable {
    private let path: FilePath
    private let lockPath: FilePath

    private static let limit = ByteCount(4 << 20)

    /// The ledger of a folder; the folder need not be there until something is written.
    public init(in folder: FilePath) {
        path = folder.appending("services.ledger")
        lockPath = folder.appending("services.lock")
    }

    /// Locks the ledger: only who holds the lock stops and starts services of the stack.
    ///
    /// - Throws: `E-SERVICES-BUSY` when somebody else holds it, `E-IO-…`.
    public func lock() throws(Fault) -> FileLock {
        try FileSystem.makeDirectories(lockPath.parent, mode: 0o700)
        guard let lock = try FileLock.acquire(lockPath, wait: false) else {
            throw Fault(
                .servicesBusy,
                "unable to stop or start services: another Lifeboat does, which holds '\(lockPath.displayed)'",
                hints: ["Wait for it to end, then run the same command again."]
            )
        }
        return lock
    }

    /// What was noted; nil when nothing is.
    ///
    /// - Throws: `E-SERVICE-LEDGER` when the file does not hold what it should, `E-IO-…`.
    public func read() throws(Fault) -> ServiceLedger? {
        let bytes: [UInt8]
        do throws(Fault) {
            bytes = try DurableFile.read(path, limit: Self.limit)
        } catch  where error.code == .fileMissing { return nil }
        let document = try? JSONDecoder().decode(LedgerDocument.self, from: Data(bytes))
        guard let ledger = document?.ledger else {
            throw Fault(
                .ledgerDamaged,
                "unable to read ledger of services '\(path.displayed)': it does not hold what it should",
                hints: [
                    "It says which services Lifeboat stopped: start them yourself, then remove the file."
                ]
            )
        }
        return ledger
    }

    /// Notes what ran; it is on the disk afterwards.
    ///
    /// - Throws: `E-IO-…`; what was noted before stays.
    public func write(_ ledger: ServiceLedger) throws(Fault) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(LedgerDocument(ledger)) else {
            preconditionFailure("names and words are JSON")
        }
        try FileSystem.makeDirectories(path.parent, mode: 0o700)
        try DurableFile.replace(path, with: Array(bytes) + [10], mode: 0o600)
    }

    /// Forgets what was noted; nothing is left on the disk.
    ///
    /// - Throws: `E-IO-…`.
    public func remove() throws(Fault) {
        guard let name = path.lastName, try FileSystem.status(path) != nil else { return }
        let folder = try Directory.open(path.parent)
        try folder.removeFile(name)
        try folder.synchronize()
    }
}
