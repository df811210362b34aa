/// One place where backups live.
public struct CopyConfiguration: Sendable, Hashable {
    /// Where a copy is.
    public enum Address: Sendable, Hashable {
        /// A directory of this machine, by absolute path.
        case directory(String)
    }

    /// The name, a label.
    public var name: String
    /// Where it is.
    public var address: Address

    /// Names an address.
    public init(name: String, address: Address) {
        self.name = name
        self.address = address
    }
}

extension CopyConfiguration.Address: CustomStringConvertible {
    /// The address as a URL.
    public var description: String {
        switch self {
        case .directory(let path): "file://\(path)"
        }
    }
}
