internal import Model
internal import Protection
internal import Services
internal import StackConfiguration
internal import SystemIO

/// What of the services around the data is recorded in each snapshot: the images that they run.
struct ServiceFacts {
    private let stack: Stack

    /// How long the command of a migration head may take.
    private static let patience = Duration.seconds(60)

    init(_ stack: Stack) { self.stack = stack }

    /// The images by service, as `service.NAME` holds them: `pgvector/pgvector@sha256:…`, else the image's name and its own id.
    ///
    /// An engine that does not answer stops no backup: it is said, and nothing is recorded.
    func images() async -> [String: String] {
        var facts: [String: String] = [:]
        guard !stack.configuration.services.isEmpty else { return facts }
        do throws(Fault) {
            let engine = try StackServices(stack).engine()
            for service in stack.configuration.services {
                guard let container = try await container(of: service, engine),
                    let details = try await engine.details(of: container)
                else { continue }
                let digests = try await engine.digests(ofImage: details.imageID)
                // An image may be known under several names; its own comes first.
                let name = Self.repository(of: details.image)
                let digest = digests.first { $0.hasPrefix(name + "@") } ?? digests.first
                let isOfRegistry = digest?.hasPrefix("localhost/") == false
                facts["service.\(service.name)"] =
                    isOfRegistry
                    ? "\(details.image) \(digest ?? details.imageID)"
                    : "\(details.image) \(details.imageID)"
            }
        } catch {
            stack.notice("which images the services run is not recorded: \(error.message)")
        }
        return facts
    }

    /// The migration head of a database, as a command prints it; its last line that is not empty.
    ///
    /// A command that fails, or takes too long, stops no backup: it is said, and nothing is recorded.
    static func migration(
        _ component: ComponentConfiguration,
        _ progress: ProgressReporter
    ) async -> [String: String] {
        guard case .postgresql(let postgres) = component.source,
            let program = postgres.migration.first
        else { return [:] }
        do throws(Fault) {
            let command = Command(program, arguments: Array(postgres.migration.dropFirst()))
            guard let result = try await command.run(outputLimit: 64 << 10, within: Self.patience)
            else {
                progress(
                    .note(
                        "the migration head is not recorded: program '\(program)' did not end within \(Self.patience.components.seconds) seconds"
                    )
                )
                return [:]
            }
            let text = String(decoding: try result.output(of: command), as: UTF8.self)
            let line = text.split(whereSeparator: \.isNewline).last {
                !$0.allSatisfy(\.isWhitespace)
            }
            return line.map { ["migration": String($0.prefix(200))] } ?? [:]
        } catch {
            progress(.note("the migration head is not recorded: \(error.message)"))
            return [:]
        }
    }

    private func container(
        of service: ServiceConfiguration,
        _ engine: ContainerEngine
    ) async throws(Fault) -> String? {
        switch service.way {
        case .compose(let name):
            return try await engine.containers(labelled: [
                "com.docker.compose.project": stack.configuration.compose?.project ?? "",
                "com.docker.compose.service": name,
            ]).first { !$0.isOneOff }?.name
        case .container(let name): return name
        case .unit, .commands: return nil
        }
    }

    /// The name of an image without its tag.
    private static func repository(of image: String) -> String {
        guard let colon = image.lastIndex(of: ":"), !image[colon...].contains("/") else {
            return image
        }
        return String(image[..<colon])
    }
}
