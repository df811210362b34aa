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
            valueName: "FILE"
        )
    )
    var path: String?
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
        guard let path else { return nil }
        let file = WorkingDirectory.absolute(path)
        let folder = file.parent
        var around = ComposeProposal.Surroundings(folder: folder.string, project: project)
        let own = folder.appending(".env")
        if try FileSystem.followedStatus(own)?.isRegular == true {
            around.hasEnvironmentFile = true
            around.environment = EnvironmentFile.variables(in: try Self.text(own))
        }
        around.environment.merge(variables) { $1 }
        if variables["DOCKER_HOST"]?.contains("podman") == true {
            around.volumes = "/var/lib/containers/storage/volumes"
        }
        return try ComposeProposal(
            try Self.text(file),
            name: file.string,
            stack: stack,
            recipient: recipient,
            around: around
        )
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
