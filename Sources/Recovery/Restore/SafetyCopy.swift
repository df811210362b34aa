internal import Model
internal import Protection
internal import StackConfiguration
internal import Vault

/// A snapshot of what a server holds before a restore changes it.
struct SafetyCopy: Sendable {
    private let stack: Stack
    private let name: String

    init(_ stack: Stack, of name: String) {
        self.stack = stack
        self.name = name
    }

    /// Takes it as `lifeboat backup` does; says which it is and how it comes back.
    ///
    /// - Throws: what the backup throws, or the fault that it ended with; then nothing was changed.
    func take(_ progress: ProgressReporter) async throws(Fault) -> String {
        do throws(Fault) {
            let summary = try await StackBackup(stack).run([name]) { _ in progress }
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
}
