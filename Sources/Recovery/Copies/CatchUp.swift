internal import Model
internal import Protection
internal import Vault

/// Brings the copy that a backup is about to be written to up to date, when it was away and another one took the backups.
///
/// Otherwise the new snapshot would not follow the ones that it lacks, and would store their content once more.
struct CatchUp {
    let stack: Stack
    /// The copies that take every backup, the one to be written to first.
    let takers: [OpenCopy]
    let streams: [StreamName]

    /// Copies what the first one lacks; a failure costs only what is said above, and is told.
    func run(_ progress: ProgressReporter) async {
        guard let first = takers.first else { return }
        for other in takers.dropFirst() where await isAhead(other.vault, of: first.vault) {
            progress(.note("it was away, and gets what copy '\(other.name)' took meanwhile"))
            let report = await Replication(
                from: other.vault,
                to: first.vault,
                choice: stack.choice(of: first.configuration)
            ).run { _ in }
            if let fault = report.fault { progress(.note(fault.message)) }
        }
    }

    private func isAhead(_ other: Vault, of first: Vault) async -> Bool {
        for stream in streams {
            guard let theirs = (try? await other.newest(of: stream))?.heads.first?.id else {
                continue
            }
            let ours = (try? await first.newest(of: stream))?.heads.first?.id
            if ours.map({ $0.seq < theirs.seq }) ?? true { return true }
        }
        return false
    }
}
