import Model

/// What is remembered of the stack from before its loss, outside of it: the measure of what comes back.
struct DemoMemory: Sendable {
    /// What the tables held, the written calls apart.
    let tables: [DemoDatabase.TableEvidence]
    /// What Redis held.
    let sessions: DemoRedis.Evidence
    /// What the file tree and the secrets held, by path.
    let files: [String: DemoFiles.Evidence]
}
