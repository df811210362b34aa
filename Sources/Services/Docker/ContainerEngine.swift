import FoundationEssentials
public import Model
import NIOHTTP1

/// A container engine, through the Docker Engine API.
///
/// Paths name no version of the API: what is asked for here has been in all of them, and an engine refuses versions that are
/// too old for it.
public struct ContainerEngine: Sendable {
    /// Where it listens.
    public let address: EngineAddress
    let connection: EngineConnection

    /// How long a question may take.
    static let patience = Duration.seconds(30)

    /// Prepares; nothing is reached yet.
    public init(_ address: EngineAddress) {
        self.address = address
        connection = EngineConnection(address)
    }

    /// The containers that have some labels, those that stand still included, in the order of their names.
    ///
    /// - Throws: `E-ENGINE-…`, `E-CANCELLED`.
    public func containers(labelled labels: [String: String]) async throws(Fault) -> [Container] {
        let wanted = labels.map { "\($0.key)=\($0.value)" }.sorted()
        let filter = String(decoding: Self.json(["label": wanted]), as: UTF8.self)
        let path = "/containers/json?all=true&filters=\(EngineAddress.encoded(filter))"
        let reply = try await connection.send(.GET, path, within: Self.patience)
        try require(
            reply,
            [200],
            to: "list containers of",
            labels.isEmpty ? "\(address)" : labels.values.sorted().joined(separator: "/")
        )
        let items = try decode([Item].self, reply, "the list of containers")
        // An engine that reads several labels as a choice lists more than what was asked for.
        return items.map(\.container).filter { container in
            labels.allSatisfy { container.labels[$0.key] == $0.value }
        }.sorted { $0.name < $1.name }
    }

    /// What is known of a container; nil when there is none of that name.
    ///
    /// - Throws: `E-ENGINE-…`, `E-CANCELLED`.
    public func details(of name: String) async throws(Fault) -> ContainerDetails? {
        let path = "/containers/\(EngineAddress.encoded(name))/json"
        let reply = try await connection.send(.GET, path, within: Self.patience)
        if reply.status == 404 { return nil }
        try require(reply, [200], to: "examine container", name)
        return try decode(ContainerDetails.self, reply, "container '\(name)'")
    }

    /// The digests under which registries know an image: `pgvector/pgvector@sha256:…`; none for one that was made here.
    ///
    /// - Throws: `E-ENGINE-…`, `E-CANCELLED`.
    public func digests(ofImage id: String) async throws(Fault) -> [String] {
        let path = "/images/\(EngineAddress.encoded(id))/json"
        let reply = try await connection.send(.GET, path, within: Self.patience)
        if reply.status == 404 { return [] }
        try require(reply, [200], to: "examine image", id)
        return try decode(Image.self, reply, "image '\(id)'").digests ?? []
    }

    /// Stops a container, and returns when it stands still; one that stands still already is left in peace.
    ///
    /// - Throws: `E-SERVICE-STOP` when it is not there, `E-ENGINE-…`, `E-CANCELLED`.
    public func stop(_ name: String) async throws(Fault) {
        guard let details = try await details(of: name) else {
            throw Fault(
                .serviceStop,
                "unable to stop container '\(name)': it is not there any more",
                hints: ["The same command again looks which containers there are now."]
            )
        }
        let patience = Duration.seconds(60 + max(10, details.stopTimeout ?? 10))
        let path = "/containers/\(EngineAddress.encoded(name))/stop"
        let reply = try await connection.send(.POST, path, within: patience)
        try require(reply, [204, 304], to: "stop container", name)
        guard try await self.details(of: name)?.isRunning != true else {
            throw Fault(
                .serviceStop,
                "unable to stop container '\(name)': it runs again",
                hints: [
                    "See what starts it, and stop that first: docker events --since 10m --filter container=\(name)"
                ]
            )
        }
    }

    /// Starts a container; one that runs already is left in peace.
    ///
    /// - Throws: `E-SERVICE-GONE` when it is not there, `E-ENGINE-…`, `E-CANCELLED`.
    public func start(_ name: String) async throws(Fault) {
        let path = "/containers/\(EngineAddress.encoded(name))/start"
        let reply = try await connection.send(.POST, path, within: .seconds(120))
        // An image without the program that it names is answered in the same way.
        if reply.status == 404, try await details(of: name) == nil {
            throw Fault(
                .serviceGone,
                "unable to start container '\(name)': it is not there any more",
                hints: [
                    "Let compose make it anew: docker compose up -d",
                    "What is gone for good is forgotten by: lifeboat services --put-back",
                ]
            )
        }
        try require(reply, [204, 304], to: "start container", name)
    }

    func require(
        _ reply: EngineConnection.Reply,
        _ good: [Int],
        to verb: String,
        _ name: String
    ) throws(Fault) {
        guard !good.contains(reply.status) else { return }
        let words = (try? JSONDecoder().decode(Complaint.self, from: Data(reply.body)))?.message
        throw Fault(
            .engineRefused,
            "unable to \(verb) '\(name)': the engine answers \(words ?? "with status \(reply.status)")"
        )
    }

    func decode<Value: Decodable>(
        _ type: Value.Type,
        _ reply: EngineConnection.Reply,
        _ what: String
    ) throws(Fault) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(reply.body))
        } catch {
            throw Fault(
                .engineRefused,
                "unable to read \(what): engine '\(address)' answers in another form",
                cause: error
            )
        }
    }

    private static func json(_ value: [String: [String]]) -> [UInt8] {
        (try? JSONEncoder().encode(value)).map { Array($0) } ?? []
    }

    private struct Item: Decodable {
        let names: [String]?
        let state: String?
        let labels: [String: String]?

        enum CodingKeys: String, CodingKey {
            case names = "Names"
            case state = "State"
            case labels = "Labels"
        }

        var container: Container {
            let name = names?.first ?? ""
            return Container(
                name: name.hasPrefix("/") ? String(name.dropFirst()) : name,
                state: state ?? "",
                labels: labels ?? [:]
            )
        }
    }

    private struct Image: Decodable {
        let digests: [String]?

        enum CodingKeys: String, CodingKey { case digests = "RepoDigests" }
    }

    private struct Complaint: Decodable { let message: String }
}
