/// A folder of configuration, of which a history is kept.
public struct HistoryConfiguration: Sendable, Hashable {
    /// Another repository that gets every commit.
    public struct Remote: Sendable, Hashable {
        /// Its address, without a password.
        public var url: String
        /// Where the private key for SSH is; nil where SSH knows one itself.
        public var key: SecretReference?

        /// Groups the parts.
        public init(url: String, key: SecretReference? = nil) {
            self.url = url
            self.key = key
        }
    }

    /// The folder, an absolute path.
    public var path: String
    /// What is taken; everything when empty.
    public var include: [String]
    /// What is left out, even when `include` names it.
    public var exclude: [String]
    /// Where commits are pushed to; nil when they stay here.
    public var remote: Remote?

    /// Groups the parts.
    public init(
        path: String,
        include: [String] = [],
        exclude: [String] = [],
        remote: Remote? = nil
    ) {
        self.path = path
        self.include = include
        self.exclude = exclude
        self.remote = remote
    }
}
