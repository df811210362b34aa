public import SystemPackage

/// What of this host a server program works with; one of an image sees nothing else.
public enum ServerReach: Sendable {
    /// Folders of a cluster, and no network.
    case folders([FilePath])
    /// A server over the network, with files of this host, such as the folder of its socket.
    case server([FilePath])
}
