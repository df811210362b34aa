import Model
import Synchronization

/// Keeps credentials until they expire or a server rejects them, then looks for them again.
final class CredentialKeeper: Sendable {
    /// Credentials that end sooner than this are replaced before they are used.
    private static let margin = Duration.seconds(120)
    private let held = Mutex<S3Credentials?>(nil)
    private let find: @Sendable () async throws(Fault) -> S3Credentials

    /// Keeps what a search finds.
    init(_ find: @escaping @Sendable () async throws(Fault) -> S3Credentials) { self.find = find }

    /// Credentials that work at a time, as far as one can tell.
    ///
    /// - Throws: `E-STORE-CREDENTIALS`, `E-SECRET-EXPOSED`, `E-IO-…`.
    func credentials(at now: Instant) async throws(Fault) -> S3Credentials {
        if let held = held.withLock({ $0 }), held.expires.map({ $0 - Self.margin > now }) ?? true {
            return held
        }
        return try await load()
    }

    /// Credentials in place of some that a server rejected; nil when there are no others.
    ///
    /// - Throws: As ``credentials(at:)``.
    func replacement(of rejected: S3Credentials) async throws(Fault) -> S3Credentials? {
        if let held = held.withLock({ $0 }), held != rejected { return held }
        let loaded = try await load()
        return loaded == rejected ? nil : loaded
    }

    private func load() async throws(Fault) -> S3Credentials {
        let credentials = try await find()
        held.withLock { $0 = credentials }
        return credentials
    }
}
