import Model

// What of a compose project are files: data, configuration and secrets; and what is said of the rest.
extension ComposeProposal {
    /// Configuration that stands beside a compose file, whatever names it.
    private static let usual = [
        ".env.example", "*.yml", "*.yaml", "*.toml", "*.ini", "*.conf", "*.cfg", "Dockerfile*",
        "Makefile",
    ]

    /// Proposes components for files.
    mutating func addTrees(_ trees: ComposeTrees, _ recipient: String) {
        let secrets = takeSecretFiles(trees)
        let isSecret = { (path: String) in secrets.contains { ComposeTrees.holds($0, path) } }
        let data = ComposeTrees.withoutOverlap(trees.data.filter { !isSecret($0) })
        // What others protect, or nobody may read as files.
        let apart = secrets + trees.claims
        if !data.isEmpty {
            let files = FilesConfiguration(
                paths: data,
                exclude: ComposeTrees.patterns(for: apart, below: data)
            )
            add(freeName("files"), .files(files), KeepPolicy(daily: 30))
        }
        addSettings(trees.settings.filter { !isSecret($0) }, apart: apart, data)
        guard !secrets.isEmpty else { return }
        let sealed = SecretsConfiguration(paths: secrets, recipients: [recipient])
        add(freeName("secrets"), .secrets(sealed), .everything)
    }

    /// The history of what lies in the folder of the file; and what lies elsewhere, as files.
    private mutating func addSettings(_ settings: [String], apart: [String], _ data: [String]) {
        let folder = around.folder
        let all = ComposeTrees.withoutOverlap(
            (file.sources + settings).filter(ComposeTrees.isPath)
        )
        // A folder of data has its component, but for the one that the compose file lies in.
        let elsewhere = ComposeTrees.withoutOverlap(
            (data + apart).filter { $0 != folder && ComposeTrees.holds(folder, $0) }
        )
        let inside = all.filter { path in
            path != folder && ComposeTrees.holds(folder, path)
                && !elsewhere.contains { ComposeTrees.holds($0, path) }
        }
        let history = HistoryConfiguration(
            path: folder,
            include: ComposeTrees.patterns(for: inside, below: [folder])
                + Self.usual.map { "/" + $0 },
            exclude: ComposeTrees.patterns(for: elsewhere, below: [folder])
        )
        add(freeName("config"), .configuration(history), .everything)
        let outside = all.filter { path in
            !ComposeTrees.holds(folder, path) && !data.contains { ComposeTrees.holds($0, path) }
        }
        guard !outside.isEmpty else { return }
        let files = FilesConfiguration(
            paths: outside,
            exclude: ComposeTrees.patterns(for: apart, below: outside)
        )
        add(freeName("host-config"), .files(files), .everything)
    }

    /// The files that hold secrets: `.env` and its kin, what `env_file` names, the files of secrets, and what looks like it.
    private mutating func takeSecretFiles(_ trees: ComposeTrees) -> [String] {
        var paths = around.environmentFiles
        for file in file.services.flatMap(\.environmentFiles)
        where !file.isOptional || around.isThere(file.path) {
            paths.append(file.path)
        }
        paths += file.secretFiles.values.sorted()
        let keys = trees.keys.filter { path in !trees.claims.contains(path) }
        for path in paths where !ComposeTrees.isPath(path) {
            let fact = "its path has a control character in it; rename it"
            unprotected.append(Remark(subject: "secret file \(path)", fact: fact))
        }
        return ComposeTrees.withoutOverlap(paths.filter(ComposeTrees.isPath) + keys)
    }

    /// Says where the sources of images are that no registry has.
    mutating func noteBuilds(_ trees: ComposeTrees) {
        var builders: [(place: String, names: [String])] = []
        for service in file.services {
            guard let place = service.build, place.hasPrefix("/"),
                !(trees.data + trees.settings).contains(where: { ComposeTrees.holds($0, place) })
            else { continue }
            if let index = builders.firstIndex(where: { $0.place == place }) {
                builders[index].names.append(service.name)
            } else {
                builders.append((place, [service.name]))
            }
        }
        for builder in builders {
            let names = builder.names.joined(separator: ", ")
            let fact =
                "the sources there, which the images of \(names) are built from, are left to their own repository; where there is none, name them under `include:` of the configuration"
            unprotected.append(Remark(subject: "folder \(builder.place)", fact: fact))
        }
    }

    /// Says what else a person should know.
    mutating func noteRest(_ trees: ComposeTrees) {
        noteBuilds(trees)
        for (key, place) in file.foreignSecrets.sorted(by: { $0.key < $1.key }) {
            let fact = "it comes from \(place), and is protected only where that is"
            unprotected.append(Remark(subject: "secret \(key)", fact: fact))
        }
        for what in file.skipped {
            advice.append(Remark(subject: "compose file", fact: "not followed: \(what)"))
        }
        for name in file.unset {
            let fact = "it is not set, and a path, a port or an image depends on it"
            advice.append(Remark(subject: "variable \(name)", fact: fact))
        }
        for path in missing {
            let fact = "nothing is there yet; a backup without it is incomplete"
            advice.append(Remark(subject: "path \(path)", fact: fact))
        }
        if trees.hasVolumes {
            let fact =
                "they are taken to be in \(around.volumes); `docker volume inspect NAME` tells where one is"
            advice.append(Remark(subject: "volumes", fact: fact))
        }
    }

    /// Files of the proposal that are not there.
    private var missing: [String] {
        components.flatMap { component -> [String] in
            switch component.source {
            case .files(let files): files.paths
            case .secrets(let secrets): secrets.paths
            default: []
            }
        }.filter { !around.isThere($0) }
    }
}
