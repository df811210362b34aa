/// What an engine is told to make a container for one program.
struct ContainerCreation: Encodable {
    /// Something of the host that the container sees.
    private struct Mount: Encodable {
        let source: String
        let target: String
        let isReadOnly: Bool

        enum CodingKeys: String, CodingKey {
            case type = "Type"
            case source = "Source"
            case target = "Target"
            case isReadOnly = "ReadOnly"
        }

        func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode("bind", forKey: .type)
            try values.encode(source, forKey: .source)
            try values.encode(target, forKey: .target)
            try values.encode(isReadOnly, forKey: .isReadOnly)
        }
    }

    private struct Log: Encodable {
        let type = "none"

        enum CodingKeys: String, CodingKey { case type = "Type" }
    }

    private struct Host: Encodable {
        let network: String
        let mounts: [Mount]
        /// What a program writes is data, such as a whole dump: an engine would keep it in the clear, or send it to where logs go.
        let log = Log()
        /// Folders of the host keep their own security labels, so an engine that separates by them would refuse them.
        ///
        /// What an image holds that is set-uid gives nothing.
        let security = ["label=disable", "no-new-privileges"]
        let dropped = ["ALL"]
        /// Root reads what is ours and the server's, and may do nothing else.
        let added: [String]

        enum CodingKeys: String, CodingKey {
            case network = "NetworkMode"
            case mounts = "Mounts"
            case log = "LogConfig"
            case security = "SecurityOpt"
            case dropped = "CapDrop"
            case added = "CapAdd"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case image = "Image"
        case program = "Entrypoint"
        case arguments = "Cmd"
        case user = "User"
        case environment = "Env"
        case directory = "WorkingDir"
        case labels = "Labels"
        case health = "Healthcheck"
        case opensInput = "OpenStdin"
        case closesInput = "StdinOnce"
        case attachesInput = "AttachStdin"
        case attachesOutput = "AttachStdout"
        case attachesErrors = "AttachStderr"
        case host = "HostConfig"
    }

    /// A container has the labels of its image, and compose labels those that it builds: it would count as one of the service.
    private static let labelsOfCompose = [
        "com.docker.compose.project": "", "com.docker.compose.service": "",
    ]

    private let run: ContainerRun
    private let environment: [String]
    private let host: Host

    init(_ run: ContainerRun, environment: [String: String], accounts: String) {
        self.run = run
        self.environment = environment.map { "\($0.key)=\($0.value)" }.sorted()
        let places = run.places.map { Mount(source: $0, target: $0, isReadOnly: run.hasNetwork) }
        let passwords = Mount(source: accounts, target: "/etc/passwd", isReadOnly: true)
        host = Host(
            network: run.hasNetwork ? "host" : "none",
            mounts: places + [passwords],
            added: run.uid == 0 ? ["DAC_OVERRIDE"] : []
        )
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(run.image, forKey: .image)
        // What the image would begin with may make a cluster; the program alone is wanted.
        try values.encode(Array(run.command.prefix(1)), forKey: .program)
        try values.encode(Array(run.command.dropFirst()), forKey: .arguments)
        try values.encode("\(run.uid):\(run.gid)", forKey: .user)
        try values.encode(environment, forKey: .environment)
        try values.encodeIfPresent(run.directory, forKey: .directory)
        let own = ["org.lifeboat.run": run.marks]
        try values.encode(own.merging(Self.labelsOfCompose) { own, _ in own }, forKey: .labels)
        try values.encode(["Test": ["NONE"]], forKey: .health)
        for key in [
            CodingKeys.opensInput, .closesInput, .attachesInput, .attachesOutput, .attachesErrors,
        ] { try values.encode(true, forKey: key) }
        try values.encode(host, forKey: .host)
    }
}
