import ArgumentParser
import Console
import Model
import StackConfiguration
import SystemIO
import SystemPackage

/// The flags of `init` that propose from a compose file.
struct InitCompose: ParsableArguments {
    @Option(
        name: .customLong("compose"),
        help: ArgumentHelp(
            "Propose everything from a compose file: components, volumes, secrets, services.",
            discussion:
                "Again for files that are read over the one before, as with `docker compose -f`.",
            valueName: "FILE"
        )
    )
    var paths: [String] = []
    @Option(
        name: .long,
        help: ArgumentHelp("The project's name. Default: as compose finds it.", valueName: "NAME")
    )
    var project: String?

    /// What the file proposes; nil when none is named.
    ///
    /// - Throws: `E-COMPOSE-FILE`, `E-IO-…`.
    func proposal(
        stack: String,
        recipient: String,
        variables: [String: String]
    ) throws(Fault) -> ComposeProposal? {
        guard let first = paths.first else { return nil }
        var files = paths.map { WorkingDirectory.absolute($0) }
        let folder = WorkingDirectory.absolute(first).parent
        if files.count == 1, let override = try Self.override(of: files[0]) {
            files.append(override)
        }
        var documents: [ComposeDocument] = []
        for file in files {
            documents.append(ComposeDocument(path: file.string, text: try Self.text(file)))
        }
        return try ComposeProposal(
            documents,
            stack: stack,
            recipient: recipient,
            around: try surroundings(folder, variables)
        )
    }

    private func surroundings(
        _ folder: FilePath,
        _ variables: [String: String]
    ) throws(Fault) -> ComposeProposal.Surroundings {
        var around = ComposeProposal.Surroundings(folder: folder.string, project: project)
        for name in try Directory.open(folder).names() {
            guard let text = String(validating: name.bytes, as: UTF8.self),
                EnvironmentFile.holdsValues(text)
            else { continue }
            let path = folder.appending(name)
            guard try FileSystem.followedStatus(path)?.isRegular == true else { continue }
            around.environmentFiles.append(path.string)
            if text == ".env" {
                around.environment = EnvironmentFile.variables(in: try Self.text(path))
            }
        }
        around.environmentFiles.sort()
        around.environment.merge(variables) { $1 }
        around.text = { try? Self.text(FilePath($0)) }
        // What cannot be looked at may be there.
        around.isThere = { path in (try? FileSystem.followedStatus(FilePath(path)) != nil) ?? true }
        if let volumes = Self.volumes(variables) { around.volumes = volumes }
        return around
    }

    /// Where the engine that `DOCKER_HOST` names keeps volumes; nil for Docker's usual place.
    private static func volumes(_ variables: [String: String]) -> String? {
        let host = variables["DOCKER_HOST"] ?? ""
        let isOwn = host.contains("/run/user/")
        let kind = host.contains("podman") ? "containers/storage" : "docker"
        if isOwn, let home = variables["HOME"] { return "\(home)/.local/share/\(kind)/volumes" }
        return kind == "docker" ? nil : "/var/lib/\(kind)/volumes"
    }

    /// The file that compose reads over the usual one by itself; nil when there is none.
    private static func override(of file: FilePath) throws(Fault) -> FilePath? {
        guard let name = file.lastComponent,
            ["docker-compose", "compose"].contains(name.stem),
            ["yml", "yaml"].contains(name.extension)
        else { return nil }
        for stem in ["compose", "docker-compose"] {
            for ending in ["yml", "yaml"] {
                let path = file.parent.appending("\(stem).override.\(ending)")
                if try FileSystem.followedStatus(path)?.isRegular == true { return path }
            }
        }
        return nil
    }

    private static func text(_ file: FilePath) throws(Fault) -> String {
        let bytes = try DurableFile.read(file, limit: ByteCount(1 << 20))
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        throw Fault(.composeFile, "unable to read '\(file.displayed)': it is no UTF-8 text")
    }
}

extension ComposeProposal {
    /// What is left unprotected and what is to do, each a line.
    var remarks: [String] {
        unprotected.map { "Not protected: \($0.subject): \($0.fact)." }
            + advice.map { "To do: \($0.subject): \($0.fact)." }
    }

    /// The same as JSON.
    var fields: [JSONField] {
        [
            JSONField("unprotected", .array(unprotected.map { Self.value($0) })),
            JSONField("advice", .array(advice.map { Self.value($0) })),
        ]
    }

    private static func value(_ remark: Remark) -> JSONValue {
        .object([
            JSONField("subject", .text(remark.subject)), JSONField("fact", .text(remark.fact)),
        ])
    }
}
