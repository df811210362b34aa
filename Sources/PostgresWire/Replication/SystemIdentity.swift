public import Model

/// What `IDENTIFY_SYSTEM` answers; compare it on every connection, since a name may lead to another
/// cluster.
public struct SystemIdentity: Sendable, Hashable {
    /// The identity of the cluster.
    public let systemIdentifier: UInt64
    /// The timeline that the server is on.
    public let timeline: UInt32
    /// How far its log is flushed; on a standby, how far it is replayed.
    public let position: LSN
}
