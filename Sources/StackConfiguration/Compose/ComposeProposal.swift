public import Model

/// What of a compose project shall be protected, and how, as far as its file tells.
///
/// A pure function of the file's text: nothing is looked at. What cannot be protected, or not without somebody's help, is said.
public struct ComposeProposal: Sendable {
    /// Something that a person should know of one thing.
    public struct Remark: Sendable, Hashable {
        /// What it is about: `service mail`, `volume cache`.
        public let subject: String
        /// What is so, and what to do.
        public let fact: String
    }

    /// Where the file is, and what is around it.
    public struct Surroundings: Sendable {
        /// The folder of the file, an absolute path.
        public var folder: String
        /// The project's name, when a person says it.
        public var project: String?
        /// The variables, those of a `.env` file in the folder among them.
        public var environment: [String: String]
        /// Whether there is a `.env` file in the folder.
        public var hasEnvironmentFile: Bool
        /// Where the engine keeps volumes.
        public var volumes: String

        /// Groups the parts.
        public init(
            folder: String,
            project: String? = nil,
            environment: [String: String] = [:],
            hasEnvironmentFile: Bool = false,
            volumes: String = "/var/lib/docker/volumes"
        ) {
            self.folder = folder
            self.project = project
            self.environment = environment
            self.hasEnvironmentFile = hasEnvironmentFile
            self.volumes = volumes
        }
    }

    /// The project's name.
    public let project: String
    /// What shall be protected.
    public private(set) var components: [ComponentConfiguration] = []
    /// What shall be stopped for a restore.
    public private(set) var services: [ServiceConfiguration] = []
    /// What is left unprotected, and why.
    public private(set) var unprotected: [Remark] = []
    /// What a person has to do, or to look at.
    public private(set) var advice: [Remark] = []

    let file: ComposeFile
    let stack: String
    let around: Surroundings
    /// The labels of the services, by their names in the file.
    private let labels: [String: String]
    /// The names of the components that services serve, by the services' names in the file.
    private var databases: [String: String] = [:]

    /// Reads a compose file and proposes.
    ///
    /// - Parameters:
    ///   - text: the file, at most 1 MiB.
    ///   - name: the file's own path, absolute; it is protected, too.
    ///   - stack: the name of the stack.
    ///   - recipient: whom secrets are sealed to.
    ///   - around: where the file is.
    /// - Throws: `E-COMPOSE-FILE` when it is no compose file.
    public init(
        _ text: String,
        name: String,
        stack: String,
        recipient: String,
        around: Surroundings
    ) throws(Fault) {
        self.stack = stack
        self.around = around
        file = try ComposeReader.read(text, in: around.folder, environment: around.environment)
        project = Self.project(file, around)
        labels = Self.labels(of: file.services.map(\.name))
        for service in file.services { addDatabase(service) }
        var trees = ComposeTrees(file: file, around: around, project: project)
        for service in file.services {
            let isForeign = ComposeImage(service.image).isOtherDatabase
            let isOurs = databases[service.name] != nil
            trees.add(service, isOurs ? .component : isForeign ? .foreign : .application)
        }
        let secrets = secretFiles
        unprotected += trees.unprotected
        addTrees(trees, name: name, secrets: secrets)
        if !secrets.isEmpty {
            add(
                freeName("secrets"),
                .secrets(SecretsConfiguration(paths: secrets, recipients: [recipient])),
                .everything
            )
        }
        for service in file.services { addService(service, trees) }
        for what in file.skipped {
            advice.append(Remark(subject: "compose file", fact: "not followed: \(what)"))
        }
        for name in file.unset {
            let fact = "it is not set, and a path, a port or an image depends on it"
            advice.append(Remark(subject: "variable \(name)", fact: fact))
        }
        if trees.hasVolumes {
            let fact =
                "they are taken to be in \(around.volumes); `docker volume inspect NAME` tells where one is"
            advice.append(Remark(subject: "volumes", fact: fact))
        }
    }

    /// As compose does: what a person says, what the file says, else the folder's name.
    private static func project(_ file: ComposeFile, _ around: Surroundings) -> String {
        let name =
            around.project ?? around.environment["COMPOSE_PROJECT_NAME"].flatMap {
                $0.isEmpty ? nil : $0
            } ?? file.project ?? around.folder.split(separator: "/").last.map(String.init) ?? ""
        let kept = name.lowercased().utf8.filter {
            (48...57).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95
        }
        let text = String(decoding: kept.drop { $0 == 45 || $0 == 95 }, as: UTF8.self)
        return text.isEmpty ? "default" : text
    }

    /// A label for each name, all different.
    private static func labels(of names: [String]) -> [String: String] {
        var labels: [String: String] = [:]
        for name in names {
            let bytes = name.lowercased().utf8.map { byte in
                (48...57).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 95
                    ? byte : 45
            }.drop { $0 == 45 || $0 == 95 }
            let plain = String(decoding: bytes.prefix(48), as: UTF8.self)
            let base = plain.isEmpty ? "service" : plain
            var label = base
            var number = 2
            while labels.values.contains(label) {
                label = "\(base)-\(number)"
                number += 1
            }
            labels[name] = label
        }
        return labels
    }

    /// A name for a component that no service has: a service and a component of one name are one thing.
    private func freeName(_ name: String) -> String {
        var free = name
        while labels.values.contains(free) { free = "stack-" + free }
        return free
    }

    private mutating func add(
        _ name: String,
        _ source: ComponentConfiguration.Source,
        _ keep: KeepPolicy
    ) {
        components.append(ComponentConfiguration(name: name, source: source, keep: keep))
    }

    private mutating func addDatabase(_ service: ComposeService) {
        let image = ComposeImage(service.image)
        guard let label = labels[service.name] else { return }
        var reading = ComposeDatabase(service: service, label: label, stack: stack, proposal: self)
        switch image {
        case .postgresql(let major):
            add(label, .postgresql(reading.postgres(major: major)), KeepPolicy(daily: 30))
        case .redis:
            guard let redis = reading.redis() else {
                unprotected += reading.unprotected
                return
            }
            add(label, .redis(redis), KeepPolicy(daily: 7))
        case .otherDatabase(let kind):
            unprotected.append(
                Remark(
                    subject: "service \(service.name)",
                    fact:
                        "Lifeboat has no component for \(kind), and the files of a running server are not consistent; let it write dumps into a folder, and name that under files"
                )
            )
            return
        case .other: return
        }
        databases[service.name] = label
        unprotected += reading.unprotected
        advice += reading.advice
    }

    /// The files that hold secrets: `.env`, what `env_file` names, and the files of secrets.
    private var secretFiles: [String] {
        var paths: [String] = around.hasEnvironmentFile ? [around.folder + "/.env"] : []
        for service in file.services { paths += service.environmentFiles }
        paths += file.secretFiles.values.sorted()
        return ComposeTrees.withoutOverlap(paths)
    }

    private mutating func addTrees(_ trees: ComposeTrees, name: String, secrets: [String]) {
        // A secret that a service sees under a path of its own stays a secret.
        let data = ComposeTrees.withoutOverlap(trees.data.filter { !secrets.contains($0) })
        if !data.isEmpty {
            let files = FilesConfiguration(
                paths: data,
                exclude: ComposeTrees.patterns(for: secrets, below: data)
            )
            add(freeName("files"), .files(files), KeepPolicy(daily: 30))
        }
        let settings = ComposeTrees.withoutOverlap(
            ([name] + trees.settings).filter { path in
                !data.contains { ComposeTrees.holds($0, path) } && !secrets.contains(path)
            }
        )
        guard !settings.isEmpty else { return }
        let config = FilesConfiguration(
            paths: settings,
            exclude: ComposeTrees.patterns(for: secrets, below: settings)
        )
        add(freeName("config"), .files(config), .everything)
    }

    private mutating func addService(_ service: ComposeService, _ trees: ComposeTrees) {
        guard let label = labels[service.name] else { return }
        guard !service.hasProfile else {
            advice.append(
                Remark(
                    subject: "service \(service.name)",
                    fact:
                        "it is started by a profile only; name it under `services:` if it touches what is protected"
                )
            )
            return
        }
        // What its environment says of databases that `depends_on` does not.
        let used = databases.filter { name, _ in
            name != service.name && !service.dependencies.contains(name) && service.speaksOf(name)
        }.values.sorted()
        let knows = !used.isEmpty || service.dependencies.contains { databases[$0] != nil }
        // Files alone would say that it uses no database, which nobody knows.
        let name = freeName("files")
        let hasFiles = components.contains { $0.name == name }
        let files = knows && hasFiles && trees.users.contains(service.name) ? [name] : []
        services.append(
            ServiceConfiguration(name: label, way: .compose(service.name), after: used + files)
        )
    }
}

extension ComposeImage {
    /// Whether it is a server that there is no component for.
    fileprivate var isOtherDatabase: Bool {
        if case .otherDatabase = self { true } else { false }
    }
}

extension ComposeService {
    /// Whether a value of its environment holds a name as a word of its own, as addresses do.
    fileprivate func speaksOf(_ name: String) -> Bool {
        environment.values.contains { value in
            value.split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == ".") }
                .contains { $0 == name }
        }
    }
}
