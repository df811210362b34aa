internal import Model
internal import SystemIO
internal import SystemPackage

/// Keeps other processes of this host from writing the same stream.
struct StreamLock: ~Copyable {
    private let lock: FileLock

    /// `purpose`: what is locked: a stream's snapshots and its log have different writers.
    init(
        _ stream: StreamName,
        purpose: String = "snapshots",
        state: FilePath
    ) throws(Fault) {
        guard
            let lock = try FileLock.acquire(
                state.appending("\(stream).\(purpose).lock"),
                wait: false
            )
        else {
            throw Fault(
                .streamBusy,
                "unable to back up '\(stream.component)': another process of this host is at it",
                hints: ["Wait until it has finished; `pgrep -a lifeboat` shows it."]
            )
        }
        self.lock = lock
    }

    consuming func release() { lock.release() }
}
