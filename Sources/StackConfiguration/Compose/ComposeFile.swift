import Model

/// What a compose file says, as far as a proposal needs to know.
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
    /// The files of secrets and configs, by key; a secret that comes from elsewhere is missing.
    var secretFiles: [String: String] = [:]
    var configFiles: [String: String] = [:]
    /// The variables that the file asks for and that are not set.
    var unset: [String] = []
    /// What of the file was not followed, each a line.
    var skipped: [String] = []
}
