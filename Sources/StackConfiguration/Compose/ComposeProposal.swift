public import Model

/// What of a compose project shall be protected, and how, as far as its file tells.
///
/// A function of the files' text; of the host only that is asked which ``Surroundings`` tell. What cannot be protected, or not without
/// somebody's help, is said.
public struct ComposeProposal: Sendable {
    /// Something that a person should know of one thing.
    public struct Remark: Sendable, Hashable {
        /// What it is about: `service mail`, `volume cache`.
        public let subject: String
        /// What is so, and what to do.
        public let fact: String
    }

    /// Where the files are, and what is around them.
    public struct Surroundings: Sendable {
        /// The folder of the first file, an absolute path.
        public var folder: String
        /// The project's name, when a person says it.
        public var project: String?
        /// The variables, those of a `.env` file in the folder among them.
        public var environment: [String: String] = [:]
        /// The files in the folder that hold values, such as `.env`, absolute paths.
        public var environmentFiles: [String] = []
        /// Where the engine keeps volumes.
        public var volumes = "/var/lib/docker/volumes"
        /// The text of a file that is named somewhere, by its absolute path; nil when it cannot be read.
        public var text: @Sendable (String) -> String? = { _ in nil }
        /// Whether something is at an absolute path.
        public var isThere: @Sendable (String) -> Bool = { _ in true }

        /// Says where the files are.
        public init(folder: String, project: String? = nil) {
            self.folder = folder
            self.project = project
        }
    }

    /// The project's name.
    public let project: String
    /// What shall be protected.
    public private(set) var components: [ComponentConfiguration] = []
    /// What shall be stopped for a restore.
    public private(set) var services: [ServiceConfiguration] = []
    /// What is left unprotected, and why.
    public internal(set) var unprotected: [Remark] = []
    /// What a person has to do, or to look at.
    public internal(set) var advice: [Remark] = []

    let file: ComposeFile
    let stack: String
    let around: Surroundings
    /// What each service runs, by its name in the file.
    let images: [String: ComposeImage]
    /// The labels of the services, by their names in the file.
    private let labels: [String: String]
    /// The names of the components that services serve, by the services' names in the file.
    private var databases: [String: String] = [:]
    /// Where servers have their data.
    private var claims: [String] = []

    /// Reads compose files and proposes.
    ///
    /// - Parameters:
    ///   - documents: the files, each read over those before it, at most 1 MiB each; they are protected, too.
    ///   - stack: the name of the stack.
    ///   - recipient: whom secrets are sealed to.
    ///   - around: where the files are.
    /// - Throws: `E-COMPOSE-FILE` when one is no compose file.
    public init(
        _ documents: [ComposeDocument],
        stack: String,
        recipient: String,
        around: Surroundings
    ) throws(Fault) {
        self.stack = stack
        self.around = around
        file = try ComposeReader.read(
            documents,
            in: around.folder,
            environment: around.environment,
            ComposeLibrary(text: around.text)
        )
        project = Self.project(file, around)
        labels = Self.labels(of: file.services.map(\.name))
        images = ComposeImage.all(in: file)
        for service in file.services { addDatabase(service) }
        var trees = ComposeTrees(file: file, around: around, project: project, claims: claims)
        for service in file.services { trees.add(service, role(of: service)) }
        unprotected += trees.unprotected
        addTrees(trees, recipient)
        for service in file.services { addService(service, trees) }
        noteRest(trees)
    }

    private func role(of service: ComposeService) -> ComposeTrees.Role {
        if databases[service.name] != nil { return .component }
        return images[service.name]?.isOtherDatabase == true ? .foreign : .application
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
    func freeName(_ name: String) -> String {
        var free = name
        while labels.values.contains(free) { free = "stack-" + free }
        return free
    }

    mutating func add(
        _ name: String,
        _ source: ComponentConfiguration.Source,
        _ keep: KeepPolicy
    ) {
        components.append(ComponentConfiguration(name: name, source: source, keep: keep))
    }

    private mutating func addDatabase(_ service: ComposeService) {
        guard let label = labels[service.name], let image = images[service.name] else { return }
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
            claims += reading.places
            return
        case .other: return
        }
        databases[service.name] = label
        claims += reading.claim.map { [$0] } ?? []
        unprotected += reading.unprotected
        advice += reading.advice
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

extension ComposeService {
    /// Whether a value of its environment holds a name as a word of its own, as addresses do.
    fileprivate func speaksOf(_ name: String) -> Bool {
        environment.values.contains { value in
            value.split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == ".") }
                .contains { $0 == name }
        }
    }
}
