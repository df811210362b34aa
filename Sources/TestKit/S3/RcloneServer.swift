public import Model
import ObjectStorage
import SystemIO
public import SystemPackage

/// `rclone serve s3` over a folder: a server that checks signatures, knows no conditional requests, no locks and no
/// versions.
public final class RcloneServer: Sendable {
    /// The folder that holds the buckets.
    public let root: FilePath
    /// Where it listens on loopback.
    public let port: UInt16
    private let program: GuardedProgram
    private let isSecure: Bool

    /// Starts one with an empty bucket; with a certificate, it speaks TLS.
    ///
    /// - Throws: `E-TEST-POSTGRES`, `E-IO-…`.
    public init(tls: TestCertificate? = nil) throws(Fault) {
        let folder = try ScratchFolder()
        root = folder.path.appending("root")
        port = FreePort.find()
        isSecure = tls != nil
        try FileSystem.makeDirectories(root.appending("lifeboat"), mode: 0o700)
        var command = [
            TestDependencies.rclone, "serve", "s3", root.string, "--addr", "127.0.0.1:\(port)",
            "--auth-key", "test-access,test-secret", "--config", "/dev/null",
            "--cache-dir", folder.path.appending("cache").string,
        ]
        if let tls { command += ["--cert", tls.certificate.string, "--key", tls.key.string] }
        program = try GuardedProgram(
            command,
            environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path.string],
            folder: folder,
            port: port
        )
    }

    /// The bucket that it comes with.
    ///
    /// - Throws: Nothing that happens.
    public func bucket() throws(Fault) -> S3Bucket {
        var settings = try S3Settings(bucket: "lifeboat")
        settings.endpoint = "\(isSecure ? "https" : "http")://127.0.0.1:\(port)"
        return S3Bucket(
            settings: settings,
            environment: [
                "AWS_ACCESS_KEY_ID": "test-access", "AWS_SECRET_ACCESS_KEY": "test-secret",
            ]
        )
    }
}
