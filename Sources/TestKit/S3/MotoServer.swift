import Foundation
public import Model
import ObjectStorage
import SystemPackage

/// moto, a server that knows most of S3 and IAM: conditional requests, versions, Object Lock, storage classes, and,
/// where it has users, signatures and policies.
public final class MotoServer: Sendable {
    /// Where it listens on loopback.
    public let port: UInt16
    private let users: [String: [String]]
    private let program: GuardedProgram

    private struct Order: Encodable {
        struct Bucket: Encodable {
            let name: String
            let locks: Bool
            let versions: Bool
        }

        let port: UInt16
        let users: [String: String]
        let buckets = [
            Bucket(name: "lifeboat", locks: false, versions: false),
            Bucket(name: "versioned", locks: false, versions: true),
            Bucket(name: "locked", locks: true, versions: true),
        ]
    }

    /// Starts one with the buckets `lifeboat`, `versioned` and `locked`, and users by their policies.
    ///
    /// - Throws: `E-TEST-POSTGRES` with the server's log, `E-IO-…`.
    public init(users policies: [String: String] = [:]) throws(Fault) {
        let folder = try ScratchFolder()
        port = FreePort.find()
        let order: Data
        do {
            order = try JSONEncoder().encode(Order(port: port, users: policies))
        } catch {
            throw Fault(.testServer, "unable to describe moto's users")
        }
        program = try GuardedProgram(
            ["/usr/bin/python3", "-c", Self.script, String(decoding: order, as: UTF8.self)],
            environment: [
                "PATH": "/usr/bin:/bin", "HOME": folder.path.string,
                "PYTHONPATH": TestDependencies.moto, "PYTHONDONTWRITEBYTECODE": "1",
            ],
            folder: folder,
            port: port
        )
        users = try Self.ready(folder)
    }

    /// A bucket, for a user or, where there are none, for anybody.
    ///
    /// - Throws: Nothing that happens.
    public func bucket(_ name: String = "lifeboat", user: String? = nil) throws(Fault) -> S3Bucket {
        var settings = try S3Settings(bucket: name)
        settings.endpoint = "http://127.0.0.1:\(port)"
        let keys = user.flatMap { users[$0] } ?? ["test-access", "test-secret"]
        return S3Bucket(
            settings: settings,
            environment: ["AWS_ACCESS_KEY_ID": keys[0], "AWS_SECRET_ACCESS_KEY": keys[1]]
        )
    }

    /// Waits until buckets and users are there; their keys.
    private static func ready(_ folder: ScratchFolder) throws(Fault) -> [String: [String]] {
        let deadline = ContinuousClock.now + .seconds(300)
        let path = folder.path.appending("ready").string
        while ContinuousClock.now < deadline {
            if let data = FileManager.default.contents(atPath: path),
                let users = try? JSONDecoder().decode([String: [String]].self, from: data)
            {
                return users
            }
            usleep(10_000)
        }
        let log = FileManager.default.contents(atPath: folder.path.appending("log").string)
        throw Fault(
            .testServer,
            "unable to set up moto: \(String(decoding: log ?? Data(), as: UTF8.self))"
        )
    }
}
