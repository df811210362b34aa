/// What an engine tells of one container.
public struct ContainerDetails: Sendable, Hashable {
    /// Whether it works, or will again by itself.
    public let isRunning: Bool
    /// Whether it ended and is about to be started again by its engine.
    public let isRestarting: Bool
    /// What its last run ended with.
    public let exitCode: Int
    /// What its health check says: `starting`, `healthy`, `unhealthy`; nil when it has none.
    public let health: String?
    /// How many seconds it may take to stop; nil for the engine's own ten.
    public let stopTimeout: Int?
    /// Whether it is removed when it ends.
    public let isRemovedAtEnd: Bool
    /// The image that it was made from, as it was asked for: `pgvector/pgvector:pg16`.
    public let image: String
    /// The image's own id, a digest.
    public let imageID: String
}

extension ContainerDetails: Decodable {
    private enum CodingKeys: String, CodingKey {
        case state = "State"
        case configuration = "Config"
        case host = "HostConfig"
        case imageID = "Image"
    }

    private struct State: Decodable {
        let running: Bool
        let status: String?
        let restarting: Bool?
        let exitCode: Int?
        let health: Health?

        enum CodingKeys: String, CodingKey {
            case running = "Running"
            case status = "Status"
            case restarting = "Restarting"
            case exitCode = "ExitCode"
            case health = "Health"
        }
    }

    private struct Health: Decodable {
        let status: String?

        enum CodingKeys: String, CodingKey { case status = "Status" }
    }

    private struct Configuration: Decodable {
        let image: String?
        let stopTimeout: Int?

        enum CodingKeys: String, CodingKey {
            case image = "Image"
            case stopTimeout = "StopTimeout"
        }
    }

    private struct Host: Decodable {
        let isRemovedAtEnd: Bool?

        enum CodingKeys: String, CodingKey { case isRemovedAtEnd = "AutoRemove" }
    }

    /// Reads what an engine answers.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let state = try values.decode(State.self, forKey: .state)
        let configuration = try values.decodeIfPresent(Configuration.self, forKey: .configuration)
        isRestarting = state.restarting ?? false
        isRunning = state.running || isRestarting || state.status == "stopping"
        exitCode = state.exitCode ?? 0
        let health = state.health?.status ?? ""
        self.health = ["", "none"].contains(health) ? nil : health
        stopTimeout = configuration?.stopTimeout
        let host = try values.decodeIfPresent(Host.self, forKey: .host)
        isRemovedAtEnd = host?.isRemovedAtEnd ?? false
        image = configuration?.image ?? ""
        imageID = try values.decodeIfPresent(String.self, forKey: .imageID) ?? ""
    }
}
