internal import Model
internal import ObjectStorage
internal import StackConfiguration
internal import SystemIO
internal import SystemPackage
internal import Vault

/// The one place where a configured copy becomes a store.
struct CopyOpening: Sendable {
    /// Finds the access keys that copies refer to.
    let secrets: SecretResolver

    /// The store of a copy, held to the copy's rate; nothing is reached yet.
    ///
    /// - Throws: `E-VALUE` for an address that is none, `E-IO-…` for a file of certificates or a profile file that
    ///   cannot be read.
    func store(of copy: CopyConfiguration) async throws(Fault) -> any ObjectStore {
        switch copy.address {
        case .directory(let path):
            let store = DirectoryStore(root: FilePath(path))
            guard let limit = copy.limit else { return store }
            return LimitedStore(store, Pacer(bytesPerSecond: limit))
        case .bucket(let bucket):
            var settings = try S3Settings(bucket: bucket.bucket, prefix: bucket.prefix)
            settings.endpoint = bucket.endpoint
            settings.region = bucket.region
            settings.pathStyle = bucket.pathStyle
            settings.certificates = bucket.authorities.map { FilePath($0) }
            settings.storageClass = bucket.storageClass
            settings.limit = copy.limit
            settings.lock = copy.lock.map(Self.lock)
            guard let reference = bucket.credentials else {
                return try S3Store(settings, environment: secrets.variables)
            }
            let secrets = secrets
            return try S3Store(settings, environment: secrets.variables) { () throws(Fault) in
                try await secrets.text(reference)
            }
        }
    }

    /// What is stored is locked for longer than the configuration says, and prolonged before that time is over.
    private static func lock(_ lock: CopyLock) -> S3Lock {
        let period = LockTerm(period: lock.period).whole
        return switch lock.mode {
        case .governance: S3Lock(mode: .governance, period: period)
        case .compliance: S3Lock(mode: .compliance, period: period)
        }
    }
}
