internal import Model

/// What a copy of the cluster's files was, whichever way it was made.
struct CopiedCluster {
    /// Where replay begins.
    let start: LSN
    /// How far the log is needed.
    let stop: LSN
    /// The timeline of both.
    let timeline: UInt32
    /// Files with pages whose checksum was wrong twice.
    let damage: [PageDamage]
}
