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

    /// A secret that the service sees.
    struct Secret: Hashable {
        /// Its key in the file.
        let key: String
        /// The last name of its path in the container.
        let target: String
    }

    /// A file of variables.
    struct VariableFile: Hashable {
        let path: String
        /// Whether it need not be there.
        let isOptional: Bool
    }

    var name: String
    var image = ""
    /// The folder that the image is built from, absolute, or an address.
    var build: String?
    /// The values of its variables, and the same before variables in them were replaced.
    var environment: [String: String] = [:]
    var rawEnvironment: [String: String] = [:]
    var environmentFiles: [VariableFile] = []
    /// The variables that come from those files.
    var fileEnvironment: [String: String] = [:]
    var mounts: [Mount] = []
    var ports: [Port] = []
    var secrets: [Secret] = []
    /// The keys of its configs.
    var configs: [String] = []
    var dependencies: [String] = []
    /// Its command before variables in it were replaced, in words.
    var command: [String] = []
    /// Whether it is started only when a profile asks for it.
    var hasProfile = false
    /// Whether it shares the host's network.
    var isOnHostNetwork = false

    /// This service read over another one, as compose does with `extends` and with several files.
    func over(_ base: ComposeService) -> ComposeService {
        var service = base
        service.name = name
        if !image.isEmpty { service.image = image }
        service.build = build ?? base.build
        service.environment.merge(environment) { $1 }
        service.rawEnvironment.merge(rawEnvironment) { $1 }
        service.environmentFiles += environmentFiles.filter {
            !base.environmentFiles.contains($0)
        }
        service.fileEnvironment.merge(fileEnvironment) { $1 }
        service.mounts.removeAll { mount in mounts.contains { $0.target == mount.target } }
        service.mounts += mounts
        service.ports += ports.filter { !base.ports.contains($0) }
        service.secrets += secrets.filter { !base.secrets.contains($0) }
        service.configs += configs.filter { !base.configs.contains($0) }
        service.dependencies += dependencies.filter { !base.dependencies.contains($0) }
        if !command.isEmpty { service.command = command }
        service.hasProfile = hasProfile || base.hasProfile
        service.isOnHostNetwork = isOnHostNetwork || base.isOnHostNetwork
        return service
    }
}
