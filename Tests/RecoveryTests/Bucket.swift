import Model
import ObjectStorage
import SystemIO
import SystemPackage
import TestKit

/// A part of a bucket of a real server, as the executable is told of it.
struct Bucket {
    enum Server: CaseIterable, Sendable {
        case rclone, moto
    }

    /// The server's address and a prefix that nobody else has.
    let settings: S3Settings
    /// The variables that the executable finds it and its credentials with.
    let variables: [String: String]
    private let credentials: [String: String]

    /// A new part.
    init(_ server: Server, _ name: String = "lifeboat") throws {
        let bucket =
            switch server {
            case .rclone: try S3Servers.rclone.get().bucket()
            case .moto: try S3Servers.moto.get().bucket(name)
            }
        settings = bucket.fresh()
        credentials = bucket.environment
        variables = credentials.merging(["AWS_ENDPOINT_URL": settings.endpoint ?? ""]) { $1 }
    }

    /// The address.
    var url: String { settings.url }

    /// A store there.
    func store() throws -> S3Store { try S3Store(settings, environment: credentials) }

    /// Every object.
    func contents() async throws -> [ObjectName: [UInt8]] {
        let store = try store()
        var names: [ObjectName] = []
        try await store.list("") { names.append($0.name) }
        var contents: [ObjectName: [UInt8]] = [:]
        for name in names { contents[name] = try await store.get(name, limit: 256 << 20) }
        return contents
    }

    /// Copies every object down to a folder.
    func download(to folder: FilePath) async throws {
        for (name, bytes) in try await contents() {
            let path = folder.pushing(FilePath(name.text))
            try FileSystem.makeDirectories(path.parent, mode: 0o700)
            try DurableFile.create(path, with: bytes, mode: 0o600)
        }
    }

    /// What somebody does behind everybody's back, on a server that looks at no signature.
    func meddle(_ method: String, _ name: ObjectName, _ bytes: [UInt8] = []) throws {
        try PlainRequest.send(
            method,
            "/\(settings.bucket)/\(settings.prefix)/\(name)",
            bytes,
            port: try S3Servers.moto.get().port
        )
    }
}
