/// A service as a compose file describes it, as far as a proposal needs to know.
struct ComposeService: Hashable {
    /// Something that the service sees under a path of its own.
    struct Mount: Hashable {
        /// What it is.
        enum Source: Hashable {
            /// A path of the host, absolute.
            case bind(String)
            /// A volume, by its key in the file.
            case volume(String)
            /// A volume without a name.
            case anonymous
            /// Memory.
            case memory
        }

        let source: Source
        let target: String
        let isReadOnly: Bool
    }

    /// A port that the host hands through.
    struct Port: Hashable {
        /// The address on the host, nil for every one.
        let host: String?
        let published: Int
        let target: Int
    }

    let name: String
    var image = ""
    /// The values of its variables, and the same before variables in them were replaced.
    var environment: [String: String] = [:]
    var rawEnvironment: [String: String] = [:]
    var environmentFiles: [String] = []
    var mounts: [Mount] = []
    var ports: [Port] = []
    var secrets: [String] = []
    var dependencies: [String] = []
    /// Its command before variables in it were replaced, in words.
    var command: [String] = []
    /// Whether it is started only when a profile asks for it.
    var hasProfile = false
    /// Whether it shares the host's network.
    var isOnHostNetwork = false
}
