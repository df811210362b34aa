/// The files of a compose project that are worth keeping, and those that are not.
struct ComposeTrees {
    let file: ComposeFile
    let around: ComposeProposal.Surroundings
    let project: String
    /// Places that hold the files of servers: nobody takes those for files.
    let claims: [String]

    /// Folders and files that services write to, or read and that are no configuration, absolute paths.
    private(set) var data: [String] = []
    /// Configuration, which services only read.
    private(set) var settings: [String] = []
    /// What holds keys and passwords.
    private(set) var keys: [String] = []
    /// The services that write to what is kept.
    private(set) var users: Set<String> = []
    /// Whether it was assumed where a volume is.
    private(set) var hasVolumes = false
    /// What is left out, and why.
    private(set) var unprotected: [ComposeProposal.Remark] = []

    /// Places that belong to the host and not to the stack.
    private static let host = [
        "/dev", "/proc", "/sys", "/run", "/var/run", "/tmp", "/var/tmp", "/boot", "/lib/modules",
        "/usr", "/etc/localtime", "/etc/timezone", "/etc/machine-id", "/etc/hosts",
        "/etc/resolv.conf", "/etc/passwd", "/etc/group", "/var/lib/docker", "/etc/ssl/certs",
    ]

    init(
        file: ComposeFile,
        around: ComposeProposal.Surroundings,
        project: String,
        claims: [String] = []
    ) {
        self.file = file
        self.around = around
        self.project = project
        self.claims = claims
    }

    /// What a service is to a proposal.
    enum Role {
        /// Its files are data.
        case application
        /// It has a component of its own, which holds its data.
        case component
        /// Its files are those of a server that no component protects.
        case foreign
    }

    /// Takes in what a service sees.
    mutating func add(_ service: ComposeService, _ role: Role) {
        for mount in service.mounts {
            let subject = "service \(service.name), \(mount.target)"
            switch mount.source {
            case .memory: continue
            case .anonymous where role == .component: continue
            case .anonymous:
                leave(subject, "a volume without a name goes with its container; give it one")
            case .bind(let path):
                if isOfHost(path) {
                    leave("path \(path)", "it is the host's own, and no part of the stack")
                } else {
                    take(path, mount, service, role)
                }
            case .volume(let key):
                let volume = file.volumes[key]
                if let kind = volume?.kind {
                    leave("volume \(key)", "it is on a \(kind); protect it where its files are")
                } else {
                    hasVolumes = hasVolumes || volume?.device == nil
                    take(place(of: key), mount, service, role)
                }
            }
        }
        settings += service.configs.compactMap { file.configFiles[$0] }.filter(Self.isPath)
    }

    /// Whether a path is the host's own; what lies beside the compose file is the stack's, wherever that is.
    private func isOfHost(_ path: String) -> Bool {
        guard path != "/" else { return true }
        return !Self.holds(around.folder, path)
            && Self.host.contains { Self.holds($0, path) }
    }

    /// Where a volume is on the host.
    func place(of key: String) -> String {
        let volume = file.volumes[key]
        let name = volume?.name.flatMap { $0.isEmpty ? nil : $0 } ?? "\(project)_\(key)"
        return volume?.device ?? "\(around.volumes)/\(name)/_data"
    }

    /// Where a mount is on the host; nil when it is in no place that can be told, or that no configuration may name.
    func place(of mount: ComposeService.Mount) -> String? {
        let place: String? =
            switch mount.source {
            case .bind(let path): path
            case .volume(let key): file.volumes[key]?.kind == nil ? place(of: key) : nil
            case .anonymous, .memory: nil
            }
        return place.flatMap { Self.isPath($0) ? $0 : nil }
    }

    /// Whether a configuration may name a path.
    static func isPath(_ text: String) -> Bool { ScalarForm.path.complaint(about: text) == nil }

    private mutating func take(
        _ path: String,
        _ mount: ComposeService.Mount,
        _ service: ComposeService,
        _ role: Role
    ) {
        guard Self.isPath(path) else {
            let fact = "its path on the host has '..' or a control character in it; rename it"
            leave("service \(service.name), \(mount.target)", fact)
            return
        }
        if role != .foreign, claims.contains(where: { Self.holds($0, path) }) { return }
        switch ComposeUse(of: mount, at: path) {
        case .keys: keys.append(path)
        case .settings: settings.append(path)
        case .data where mount.isReadOnly: data.append(path)
        case .data where role == .foreign:
            leave(
                "path \(path)",
                "it holds the files of a server that runs: service \(service.name)"
            )
        case .data where role == .component:
            leave(
                "path \(path)",
                "service \(service.name) writes to it, and it is not where its data is; name it under files if it is worth keeping"
            )
        case .data:
            data.append(path)
            users.insert(service.name)
        }
    }

    private mutating func leave(_ subject: String, _ fact: String) {
        let remark = ComposeProposal.Remark(subject: subject, fact: fact)
        if !unprotected.contains(remark) { unprotected.append(remark) }
    }

    /// Whether a path is another one, or lies within it.
    static func holds(_ folder: String, _ path: String) -> Bool {
        // Bytes, not characters: names that look the same are different ones.
        let (outer, inner) = (folder.utf8, path.utf8)
        guard folder != "/" else { return inner.first == UInt8(ascii: "/") }
        let rest = inner.dropFirst(outer.count)
        return inner.starts(with: outer) && (rest.isEmpty || rest.first == UInt8(ascii: "/"))
    }

    /// Paths of which none lies within another, in their order.
    static func withoutOverlap(_ paths: [String]) -> [String] {
        var kept: [String] = []
        for path in paths where !kept.contains(where: { holds($0, path) }) {
            kept.removeAll { holds(path, $0) }
            kept.append(path)
        }
        return kept
    }

    /// The patterns that name some files in the trees that they lie in.
    static func patterns(for paths: [String], below roots: [String]) -> [String] {
        var patterns: [String] = []
        for path in paths {
            for root in roots where path != root && holds(root, path) {
                let name = path.utf8.dropFirst(root == "/" ? 0 : root.utf8.count)
                var pattern: [UInt8] = []
                for byte in name {
                    if "*?[\\".utf8.contains(byte) { pattern.append(UInt8(ascii: "\\")) }
                    pattern.append(byte)
                }
                patterns.append(String(decoding: pattern, as: UTF8.self))
            }
        }
        return patterns
    }
}
