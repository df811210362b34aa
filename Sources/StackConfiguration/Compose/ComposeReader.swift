import Model
import Yams

/// Reads compose files leniently: what it does not know it passes over, since compose itself is the judge of them.
///
/// Variables are replaced as compose does. Paths become absolute, from the folder of the project on. Files that are named with it,
/// what it includes and what its services extend are read too, where they can be.
struct ComposeReader {
    private var interpolation: Interpolation
    /// For values that end in a container: what is unset there concerns nobody here.
    private var quiet: Interpolation
    let folder: String
    private let library: ComposeLibrary
    /// The services as they stand in the file.
    private var raw: [(name: String, node: Node)] = []
    private(set) var file = ComposeFile()

    /// Reads files, each over those before it.
    ///
    /// - Throws: `E-COMPOSE-FILE` when one is no compose file, or when there is no service in them.
    static func read(
        _ documents: [ComposeDocument],
        in folder: String,
        environment: [String: String],
        _ library: ComposeLibrary
    ) throws(Fault) -> ComposeFile {
        let file = try merged(documents, in: folder, environment: environment, library)
        guard !file.services.isEmpty else { throw Self.fault("it has no services") }
        return file
    }

    private static func merged(
        _ documents: [ComposeDocument],
        in folder: String,
        environment: [String: String],
        _ library: ComposeLibrary
    ) throws(Fault) -> ComposeFile {
        var file = ComposeFile()
        for document in documents {
            file.merge(try read(document, in: folder, environment: environment, library))
        }
        return file
    }

    private static func read(
        _ document: ComposeDocument,
        in folder: String,
        environment: [String: String],
        _ library: ComposeLibrary
    ) throws(Fault) -> ComposeFile {
        var reader = ComposeReader(environment: environment, folder: folder, library)
        try reader.read(document)
        for (name, node) in reader.raw {
            reader.file.services.append(reader.service(name, node, depth: 8))
        }
        reader.noteUnset()
        return reader.file
    }

    private init(environment: [String: String], folder: String, _ library: ComposeLibrary) {
        interpolation = Interpolation(environment: environment)
        quiet = interpolation
        self.folder = folder
        self.library = library
    }

    private static func fault(_ fact: String) -> Fault {
        Fault(
            .composeFile,
            "unable to read the compose file: \(fact)",
            hints: ["Name one that `docker compose config` takes."]
        )
    }

    private mutating func noteUnset() {
        var found = ComposeFile()
        found.unset = interpolation.unset
        file.note(found)
    }

    /// Takes in what a file says, but for its services.
    private mutating func read(_ document: ComposeDocument) throws(Fault) {
        let root: Node
        switch ComposeText.compose(document.text) {
        case .success(let node): root = node
        case .failure(let failure):
            let problem = failure.problem
            throw Self.fault("'\(document.path)', line \(problem.line): \(problem.fact)")
        }
        guard let parts = entries(root) else { throw Self.fault("it is no mapping") }
        func part(_ key: String) -> Node? { parts.first { $0.0 == key }?.1 }
        for item in items(part("include")) { include(item) }
        file.sources.append(document.path)
        file.project = part("name").flatMap { text($0) }
        for (name, node) in entries(part("volumes")) ?? [] {
            guard Self.isName(name) else { throw Self.noName("volume", name) }
            file.volumes[name] = volume(node)
        }
        for (name, node) in entries(part("secrets")) ?? [] { readSecret(name, node) }
        for (name, node) in entries(part("configs")) ?? [] {
            file.configFiles[name] = node.entry("file").flatMap { text($0) }.map { path($0) }
        }
        for (name, node) in entries(part("services")) ?? [] {
            guard Self.isName(name) else { throw Self.noName("service", name) }
            raw.append((name: name, node: node))
        }
    }

    private static func noName(_ what: String, _ name: String) -> Fault {
        fault("'\(name.prefix(64).filter { !$0.isNewline })' can be the name of no \(what)")
    }

    /// Whether compose takes a text for the name of a service or a volume.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || "._-".utf8.contains($0)
            }
    }

    private mutating func readSecret(_ name: String, _ node: Node) {
        if let path = node.entry("file").flatMap({ text($0) }).map({ path($0) }) {
            file.secretFiles[name] = path
        } else if let variable = node.entry("environment").flatMap({ text($0) }) {
            file.foreignSecrets[name] = "the variable \(variable)"
        } else {
            file.foreignSecrets[name] = "outside of the compose file"
        }
    }

    /// Takes in one item of `include`: a path, or paths with a folder and variables of their own.
    private mutating func include(_ item: Node) {
        let named = item.scalar == nil ? texts(item.entry("path")) : texts(item)
        let paths = named.map { path($0) }
        guard let first = paths.first else { return }
        let inside =
            item.entry("project_directory").flatMap { text($0) }.map { path($0) }
            ?? Self.parent(first)
        var environment: [String: String] = [:]
        let variables = texts(item.entry("env_file")).map { path($0) }
        for file in variables.isEmpty ? [inside + "/.env"] : variables {
            guard let text = library.text(file) else { continue }
            environment.merge(EnvironmentFile.variables(in: text)) { $1 }
        }
        environment.merge(interpolation.environment) { $1 }
        var documents: [ComposeDocument] = []
        for path in paths {
            guard let document = library.document(path) else {
                return skip("'\(path)', which it includes")
            }
            documents.append(document)
        }
        do throws(Fault) {
            let included = try Self.merged(
                documents,
                in: inside,
                environment: environment,
                library.further
            )
            file.merge(included)
        } catch { skip("'\(first)', which it includes") }
    }

    private mutating func skip(_ what: String) {
        var found = ComposeFile()
        found.skipped = [what]
        file.note(found)
    }

    /// A service with what it extends.
    private mutating func service(_ name: String, _ node: Node, depth: Int) -> ComposeService {
        let own = service(name, node)
        guard let base = node.entry("extends") else { return own }
        let wanted = base.scalar?.string ?? base.entry("service").flatMap { text($0) } ?? ""
        let other = base.entry("file").flatMap { text($0) }.map { path($0) }
        guard depth > 0, let found = service(wanted, in: other, depth: depth - 1) else {
            skip("what service '\(name)' extends")
            return own
        }
        return own.over(found)
    }

    /// A service of this file, or of another one; nil when there is none.
    private mutating func service(
        _ name: String,
        in other: String?,
        depth: Int
    ) -> ComposeService? {
        guard let other else {
            return raw.first { $0.name == name }.map { service(name, $0.node, depth: depth) }
        }
        guard let document = library.document(other) else { return nil }
        var reader = ComposeReader(
            environment: interpolation.environment,
            folder: Self.parent(other),
            library.further
        )
        guard (try? reader.read(document)) != nil else { return nil }
        let found = reader.service(name, in: nil, depth: depth)
        reader.noteUnset()
        file.note(reader.file)
        return found
    }

    private mutating func volume(_ node: Node) -> ComposeFile.Volume {
        var volume = ComposeFile.Volume(name: node.entry("name").flatMap { text($0) })
        if volume.name == nil, case .mapping? = node.entry("external") {
            volume.name = node.entry("external")?.entry("name").flatMap { text($0) }
        }
        let driver = node.entry("driver").flatMap { text($0) } ?? "local"
        let options = node.entry("driver_opts")
        let type = options?.entry("type").flatMap { text($0) } ?? ""
        let device = options?.entry("device").flatMap { text($0) }
        if driver != "local" {
            volume.kind = "driver \(driver)"
        } else if let device {
            let isBind = ["", "none", "bind"].contains(type) && device.hasPrefix("/")
            if isBind {
                volume.device = path(device)
            } else {
                volume.kind = "a file system of type \(type)"
            }
        }
        return volume
    }

    /// A service as its own entry describes it.
    private mutating func service(_ name: String, _ node: Node) -> ComposeService {
        var service = ComposeService(name: name)
        service.image = node.entry("image").flatMap { text($0) } ?? ""
        service.build = node.entry("build").flatMap { build in
            let context = build.scalar == nil ? build.entry("context") : build
            return context.flatMap { text($0) } ?? "."
        }.map { $0.contains("://") || $0.hasPrefix("git@") ? $0 : path($0) }
        service.isOnHostNetwork = node.entry("network_mode").flatMap { text($0) } == "host"
        service.hasProfile = !texts(node.entry("profiles")).isEmpty
        service.dependencies = names(node.entry("depends_on"))
        service.secrets = items(node.entry("secrets")).compactMap { secret($0) }
        service.configs = items(node.entry("configs")).compactMap { item in
            item.scalar?.string ?? item.entry("source").flatMap { text($0) }
        }
        readEnvironment(node, &service)
        service.command = items(node.entry("command")).flatMap { item in
            // A text is split as a shell would, as far as quotes go; a list holds words.
            Self.words(item.scalar?.string ?? "")
        }
        service.mounts = items(node.entry("volumes")).compactMap { mount($0) }
        service.ports = items(node.entry("ports")).compactMap { port($0) }
        return service
    }

    private mutating func secret(_ item: Node) -> ComposeService.Secret? {
        guard let key = item.scalar?.string ?? item.entry("source").flatMap({ text($0) }) else {
            return nil
        }
        let target = item.entry("target").flatMap { text($0) } ?? key
        let last = target.split(separator: "/").last.map(String.init) ?? key
        return ComposeService.Secret(key: key, target: last)
    }

    private mutating func readEnvironment(_ node: Node, _ service: inout ComposeService) {
        for item in items(node.entry("env_file")) {
            let named = item.scalar == nil ? item.entry("path") : item
            guard let path = named.flatMap({ text($0) }).map({ path($0) }) else { continue }
            let isOptional = item.entry("required").flatMap { text($0) } == "false"
            service.environmentFiles.append(.init(path: path, isOptional: isOptional))
            guard let text = library.text(path) else { continue }
            service.fileEnvironment.merge(EnvironmentFile.variables(in: text)) { $1 }
        }
        for (key, raw) in pairs(node.entry("environment")) {
            service.rawEnvironment[key] = raw ?? "${\(key)}"
            service.environment[key] = (try? quiet.expand(raw ?? "${\(key)}")) ?? ""
        }
    }

    /// The words of a command line without their quotes.
    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map { word in
            String(
                word.drop { $0 == "\"" || $0 == "'" }.reversed().drop { $0 == "\"" || $0 == "'" }
                    .reversed()
            )
        }
    }

    /// The entries of `KEY: VALUE`, `KEY=VALUE` and `KEY`, not expanded; a value of nil comes from the environment.
    private func pairs(_ node: Node?) -> [(String, String?)] {
        if let entries = entries(node) {
            return entries.map { key, value in
                let scalar = value.scalar
                return (key, scalar.flatMap { Examiner.isNull($0) ? nil : $0.string })
            }
        }
        return items(node).compactMap { item in
            guard let text = item.scalar?.string else { return nil }
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : nil)
        }
    }

    /// The entries of a mapping; nil for anything else.
    func entries(_ node: Node?) -> [(String, Node)]? {
        node?.mapping.map { mapping in
            mapping.compactMap { pair in pair.key.scalar.map { ($0.string, pair.value) } }
        }
    }

    /// The items of a list, or the one that stands there alone.
    func items(_ node: Node?) -> [Node] {
        switch node {
        case .sequence(let sequence): Array(sequence)
        case .scalar(let scalar): Examiner.isNull(scalar) ? [] : [.scalar(scalar)]
        default: []
        }
    }

    /// The texts of a list.
    mutating func texts(_ node: Node?) -> [String] { items(node).compactMap { text($0) } }

    /// The items of a list, or the keys of a mapping.
    private mutating func names(_ node: Node?) -> [String] {
        entries(node)?.map(\.0) ?? texts(node)
    }

    /// The text of a value, its variables replaced; nil for a list, a mapping or nothing.
    mutating func text(_ node: Node) -> String? {
        guard let scalar = node.scalar, !Examiner.isNull(scalar) else { return nil }
        return expanded(scalar.string)
    }

    /// A text with its variables replaced; a variable that must be set and is not counts as empty.
    mutating func expanded(_ text: String) -> String {
        do throws(Interpolation.Failure) {
            return try interpolation.expand(text)
        } catch {
            if case .required(let name, _) = error, !file.unset.contains(name) {
                file.unset.append(name)
            }
            return ""
        }
    }

    /// A path of the host as an absolute one, without `.` and `..`.
    func path(_ text: String) -> String {
        if text.hasPrefix("~/"), let home = interpolation.environment["HOME"] {
            return path(home + text.dropFirst())
        }
        var names: [Substring] = text.hasPrefix("/") ? [] : folder.split(separator: "/")
        for name in text.split(separator: "/") where name != "." {
            if name == ".." { _ = names.popLast() } else { names.append(name) }
        }
        return "/" + names.joined(separator: "/")
    }

    /// The folder that a path lies in.
    static func parent(_ path: String) -> String {
        let names = path.split(separator: "/").dropLast()
        return "/" + names.joined(separator: "/")
    }
}

extension Node {
    /// The value of a key of a mapping.
    fileprivate func entry(_ key: String) -> Node? {
        mapping?.first { $0.key.scalar?.string == key }?.value
    }
}
