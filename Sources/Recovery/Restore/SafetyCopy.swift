internal import Model
internal import Protection
internal import StackConfiguration
internal import Vault

/// A snapshot of what a server holds before a restore changes it.
///
/// It is newer than what comes back, so that the next restore of the newest begins with it: its head says what it is.
struct SafetyCopy: Sendable {
    /// The fact of its head: the moment that the restore was to bring back.
    static let fact = "before_restore"

    private let stack: Stack
    private let name: String

    init(_ stack: Stack, of name: String) {
        self.stack = stack
        self.name = name
    }

    /// Takes it as `lifeboat backup` does, before a moment comes back; says which it is and how it comes back itself.
    ///
    /// - Throws: what the backup throws, or the fault that it ended with; then nothing was changed.
    func take(
        before point: Instant,
        _ progress: ProgressReporter
    ) async throws(Fault) -> String {
        do throws(Fault) {
            let backup = StackBackup(stack, facts: [Self.fact: point.exactText])
            let summary = try await backup.run([name]) { _ in progress }
            if let fault = summary.fault { throw fault }
            guard let snapshot = summary.results.first?.snapshot else {
                throw Fault(.invalidValue, "unable to back up '\(name)': it has no snapshot")
            }
            let subject = "\(stack.configuration.stack)/\(name)"
            let number = "\(name)@\(snapshot.id.seq)"
            return
                "\(number); it comes back with: lifeboat restore \(subject) --to live --at \(number)"
        } catch {
            guard error.code != .cancelled else { throw error }
            throw error.adding(
                hint:
                    "Nothing was changed. To do without a snapshot of what is there: --no-safety-copy"
            )
        }
    }

    /// What a person should know of a plan that begins with such a snapshot; nil for any other.
    static func caution(_ snapshot: Snapshot) -> String? {
        guard let point = snapshot.head.facts[fact] else { return nil }
        let name = snapshot.id.stream.component
        return
            "careful: \(name)@\(snapshot.id.seq) is what was there before a restore of \(point); --at \(name)@NUMBER or a time names another"
    }
}
