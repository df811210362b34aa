import Model

/// What compose files say, as far as a proposal needs to know.
struct ComposeFile {
    /// A volume of the file.
    struct Volume: Hashable {
        /// Its name on the engine when the file says it; else the project's name stands before its key.
        var name: String?
        /// The path of the host that it stands for, when it is of the driver `local` and made so.
        var device: String?
        /// What else makes it, such as a driver or a network file system; nil for a plain one.
        var kind: String?
    }

    /// The project's name; nil when the file does not say.
    var project: String?
    /// The services, in the order of the file.
    var services: [ComposeService] = []
    /// The volumes, by key.
    var volumes: [String: Volume] = [:]
    /// The files of secrets and configs, by key.
    var secretFiles: [String: String] = [:]
    var configFiles: [String: String] = [:]
    /// Where secrets come from that have no file, by key.
    var foreignSecrets: [String: String] = [:]
    /// The files that were read, absolute paths.
    var sources: [String] = []
    /// The variables that the file asks for and that are not set.
    var unset: [String] = []
    /// What of the file was not followed, each a line.
    var skipped: [String] = []

    /// Takes in a file that is read over this one, as compose does.
    mutating func merge(_ other: ComposeFile) {
        project = other.project ?? project
        for service in other.services {
            if let place = services.firstIndex(where: { $0.name == service.name }) {
                services[place] = service.over(services[place])
            } else {
                services.append(service)
            }
        }
        volumes.merge(other.volumes) { $1 }
        secretFiles.merge(other.secretFiles) { $1 }
        configFiles.merge(other.configFiles) { $1 }
        foreignSecrets.merge(other.foreignSecrets) { $1 }
        note(other)
    }

    /// Takes in what else was found out on the way.
    mutating func note(_ other: ComposeFile) {
        for path in other.sources where !sources.contains(path) { sources.append(path) }
        for name in other.unset where !unset.contains(name) { unset.append(name) }
        for line in other.skipped where !skipped.contains(line) { skipped.append(line) }
    }
}
