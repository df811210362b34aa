/// How a Redis server and Lifeboat prove to each other who they are.
public struct RedisTLSConfiguration: Sendable, Hashable {
    /// The PEM file of the authorities to trust, an absolute path; nil for those of the system.
    public var authority: String?
    /// The PEM file of the certificate to show, an absolute path; nil to show none.
    public var certificate: String?
    /// The PEM file of its key, an absolute path.
    public var key: String?
    /// The name in the server's certificate; nil for the host of the address.
    public var serverName: String?

    /// Groups the parts.
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
