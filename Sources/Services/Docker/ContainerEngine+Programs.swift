import FoundationEssentials
public import Model
import NIOHTTP1
import SystemPackage

/// What it takes to run one program in a container of its own.
extension ContainerEngine {
    /// Whether an image is there, by `NAME@sha256:…`, a name, or its own id; nothing is fetched.
    ///
    /// - Throws: `E-ENGINE-…`, `E-CANCELLED`.
    public func hasImage(_ reference: String) async throws(Fault) -> Bool {
        let path = "/images/\(EngineAddress.encoded(reference))/json"
        let reply = try await connection.send(.GET, path, within: Self.patience)
        if reply.status == 404 { return false }
        try require(reply, [200], to: "examine image", reference)
        return true
    }

    /// Makes a container for a program; it stands still.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - run: the program, and what it sees.
    ///   - environment: what it gets beside the image's own.
    ///   - accounts: a file that it sees as `/etc/passwd`.
    /// - Throws: `E-ENGINE-…`, `E-CANCELLED`.
    func create(
        _ name: String,
        _ run: ContainerRun,
        environment: [String: String],
        accounts: FilePath
    ) async throws(Fault) {
        let creation = ContainerCreation(run, environment: environment, accounts: accounts.string)
        let body: [UInt8]
        do { body = Array(try JSONEncoder().encode(creation)) } catch {
            throw Fault(
                .engineRefused,
                "unable to make container '\(name)': what is asked for is no text",
                cause: error
            )
        }
        let reply = try await connection.send(
            .POST,
            "/containers/create?name=\(EngineAddress.encoded(name))",
            body: body,
            within: .seconds(120)
        )
        try require(reply, [201], to: "make container of image", run.image)
    }

    /// Sends a signal to a container's program, by name: `SIGINT`.
    ///
    /// - Throws: `E-ENGINE-…`, also when it does not run; `E-CANCELLED`.
    func send(_ signal: String, to name: String) async throws(Fault) {
        let path = "/containers/\(EngineAddress.encoded(name))/kill?signal=\(signal)"
        let reply = try await connection.send(.POST, path, within: Self.patience)
        try require(reply, [204], to: "signal container", name)
    }

    /// The status that a program ended with whose output has ended; nil when its container is gone.
    ///
    /// - Throws: `E-ENGINE-…`, `E-CANCELLED`.
    func status(ofEnded name: String) async throws(Fault) -> Int32? {
        let path = "/containers/\(EngineAddress.encoded(name))/wait"
        let reply = try await connection.send(.POST, path, within: Self.patience)
        if reply.status == 404 { return nil }
        try require(reply, [200], to: "wait for container", name)
        return try decode(Ended.self, reply, "the end of container '\(name)'").status
    }

    /// Kills a container and removes it with the volumes that only it has; one that is not there is fine.
    ///
    /// - Throws: `E-ENGINE-…`, `E-CANCELLED`.
    func remove(_ name: String) async throws(Fault) {
        let path = "/containers/\(EngineAddress.encoded(name))?force=true&v=true"
        let reply = try await connection.send(.DELETE, path, within: .seconds(60))
        // Two removals of one container may meet; the engine ends the one that began.
        try require(reply, [200, 204, 404, 409], to: "remove container", name)
    }

    private struct Ended: Decodable {
        let status: Int32

        enum CodingKeys: String, CodingKey { case status = "StatusCode" }
    }
}
