import Model
import Yams

/// Reads compose files leniently: what it does not know it passes over, since compose itself is the judge of them.
///
/// Variables are replaced as compose does. Paths become absolute, from the folder of the file on.
struct ComposeReader {
    private var interpolation: Interpolation
    /// For values that end in a container: what is unset there concerns nobody here.
    private var quiet: Interpolation
    let folder: String
    private(set) var file = ComposeFile()

    /// Reads a text.
    ///
    /// - Throws: `E-COMPOSE-FILE` when it is no compose file.
    static func read(
        _ text: String,
        in folder: String,
        environment: [String: String]
    ) throws(Fault) -> ComposeFile {
        let root: Node
        switch Composer.compose(text) {
        case .success(let node): root = node
        case .failure(let failure):
            let problem = failure.problem
            throw Self.fault("line \(problem.line): \(problem.fact)")
        }
        var reader = ComposeReader(
            environment: environment,
            folder: folder
        )
        try reader.read(root)
        for name in reader.interpolation.unset where !reader.file.unset.contains(name) {
            reader.file.unset.append(name)
        }
        return reader.file
    }

    private init(environment: [String: String], folder: String) {
        interpolation = Interpolation(environment: environment)
        quiet = interpolation
        self.folder = folder
    }

    private static func fault(_ fact: String) -> Fault {
        Fault(
            .composeFile,
            "unable to read the compose file: \(fact)",
            hints: ["Name one that `docker compose config` takes."]
        )
    }

    private mutating func read(_ root: Node) throws(Fault) {
        guard let services = entries(root.entry("services")), !services.isEmpty else {
            throw Self.fault("it has no services")
        }
        file.project = root.entry("name").flatMap { text($0) }
        if root.entry("include") != nil {
            file.skipped.append("what it includes; name that file with another --compose")
        }
        for (name, node) in entries(root.entry("volumes")) ?? [] {
            file.volumes[name] = volume(node)
        }
        for (name, node) in entries(root.entry("secrets")) ?? [] {
            file.secretFiles[name] = node.entry("file").flatMap { text($0) }.map { path($0) }
        }
        for (name, node) in entries(root.entry("configs")) ?? [] {
            file.configFiles[name] = node.entry("file").flatMap { text($0) }.map { path($0) }
        }
        for (name, node) in services {
            file.services.append(service(name, node))
            if node.entry("extends") != nil {
                file.skipped.append("what service '\(name)' extends")
            }
        }
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
                volume.device = device
            } else {
                volume.kind = "a file system of type \(type)"
            }
        }
        return volume
    }

    private mutating func service(_ name: String, _ node: Node) -> ComposeService {
        var service = ComposeService(name: name)
        service.image = node.entry("image").flatMap { text($0) } ?? ""
        service.isOnHostNetwork = node.entry("network_mode").flatMap { text($0) } == "host"
        service.hasProfile = !texts(node.entry("profiles")).isEmpty
        service.dependencies = names(node.entry("depends_on"))
        service.secrets = items(node.entry("secrets")).compactMap { item in
            item.scalar?.string ?? item.entry("source").flatMap { text($0) }
        }
        service.environmentFiles = items(node.entry("env_file")).compactMap { item in
            (item.scalar == nil ? item.entry("path") : item).flatMap { text($0) }.map { path($0) }
        }
        service.command = items(node.entry("command")).flatMap { item in
            // A text is split as a shell would, as far as quotes go; a list holds words.
            Self.words(item.scalar?.string ?? "")
        }
        for (key, raw) in pairs(node.entry("environment")) {
            service.rawEnvironment[key] = raw ?? "${\(key)}"
            service.environment[key] = (try? quiet.expand(raw ?? "${\(key)}")) ?? ""
        }
        service.mounts = items(node.entry("volumes")).compactMap { mount($0) }
        for config in items(node.entry("configs")) {
            let key = config.scalar?.string ?? config.entry("source").flatMap { text($0) }
            guard let file = key.flatMap({ file.configFiles[$0] }) else { continue }
            service.mounts.append(.init(source: .bind(file), target: "", isReadOnly: true))
        }
        service.ports = items(node.entry("ports")).compactMap { port($0) }
        return service
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

    /// The entries of a mapping, those of `<<` behind its own; nil for anything else.
    func entries(_ node: Node?) -> [(String, Node)]? { node?.merged }

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
}

extension Node {
    /// The value of a key of a mapping, `<<` included.
    fileprivate func entry(_ key: String) -> Node? { merged?.first { $0.0 == key }?.1 }

    /// The entries of a mapping with those that `<<` adds, its own first; nil for anything else.
    fileprivate var merged: [(String, Node)]? {
        guard case .mapping(let mapping) = self else { return nil }
        var entries: [(String, Node)] = []
        var added: [(String, Node)] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else { continue }
            guard name == "<<" else {
                entries.append((name, value))
                continue
            }
            if case .sequence(let sequence) = value {
                added += sequence.flatMap { $0.merged ?? [] }
            } else {
                added += value.merged ?? []
            }
        }
        for (name, value) in added where !entries.contains(where: { $0.0 == name }) {
            entries.append((name, value))
        }
        return entries
    }
}
