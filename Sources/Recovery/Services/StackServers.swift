internal import Model
internal import PostgresProtection
internal import Protection
internal import Services
internal import StackConfiguration
internal import SystemPackage

/// The server programs for a component of a stack: those of this host, else those of an image.
///
/// The image is the configured one, else the one that the snapshot records, else the one that its service runs now.
struct StackServers: ServerRuntime {
    private let stack: Stack
    /// The component that the server has.
    private let name: String
    private let binaries: String?
    private let configured: String?

    init(_ stack: Stack, of name: String, _ postgres: PostgresConfiguration) {
        self.stack = stack
        self.name = name
        binaries = postgres.binaries
        configured = postgres.image
    }

    /// Looks on this host, then for an image; nothing is fetched.
    ///
    /// - Throws: `E-SERVER-MISSING`, with the command that fetches the image where that is all that is missing.
    func postgres(major: Int, image recorded: String?) async throws(Fault) -> any ServerPrograms {
        do throws(Fault) {
            return try await LocalServers(binaries: binaries.map { FilePath($0) })
                .postgres(major: major)
        } catch  where error.code == .serverMissing {
            guard let image = await image(recorded) else {
                throw error.adding(
                    hint: "Or name an image that has them, such as `image: postgres:\(major)`."
                )
            }
            return try await programs(of: image, missing: error)
        }
    }

    private func image(_ recorded: String?) async -> String? {
        if let configured { return configured }
        var fact = recorded
        if fact == nil { fact = await ServiceFacts(stack).images()["service.\(name)"] }
        return fact.flatMap { $0.split { $0 == " " }.last }.map { String($0) }
    }

    private func programs(
        of image: String,
        missing fault: Fault
    ) async throws(Fault) -> any ServerPrograms {
        let engine: ContainerEngine
        let isThere: Bool
        do throws(Fault) {
            engine = try StackServices(stack).engine()
            isThere = try await engine.hasImage(image)
        } catch  where error.code != .cancelled {
            throw Fault(
                .serverMissing,
                "\(fault.message), and image '\(image)' cannot be looked for: \(error.message)",
                hints: error.hints + fault.hints
            )
        }
        guard case .socket = engine.address else {
            throw Fault(
                .serverMissing,
                "\(fault.message), and engine '\(engine.address)' is not known to be on it",
                hints: fault.hints
            )
        }
        guard isThere else {
            let isOwn = image.hasPrefix("sha256:")
            throw Fault(
                .serverMissing,
                "\(fault.message), and neither is image '\(image)'",
                hints: [
                    isOwn
                        ? "It was made where the server ran: make it here too, and name it with `image:`."
                        : "Fetch it: docker pull \(image)"
                ] + fault.hints
            )
        }
        return ImagePrograms(image: image, engine: engine.address, marks: stack.containerMarks)
    }
}

extension Stack {
    /// The folder with a file for each container that runs a program for Lifeboat.
    var containerMarks: FilePath { state.appending("containers") }
}
