/// How a connection to a Redis server is secured: whom we trust, and what we show.
///
/// The files are read for each connection, so renewed certificates are taken up.
public struct RedisTLS: Sendable, Hashable {
    /// The PEM file of the authorities to trust; nil for those of the system.
    public var authority: String?
    /// The PEM file of the certificate that we show, with what leads to its authority; nil to show
    /// none.
    public var certificate: String?
    /// The PEM file of that certificate's key.
    public var key: String?
    /// The name that must be in the server's certificate; nil for the host of the address.
    public var serverName: String?

    /// Sets all.
    public init(
        authority: String? = nil,
        certificate: String? = nil,
        key: String? = nil,
        serverName: String? = nil
    ) {
        self.authority = authority
        self.certificate = certificate
        self.key = key
        self.serverName = serverName
    }
}
