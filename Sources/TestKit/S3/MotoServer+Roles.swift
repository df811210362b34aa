import Foundation
public import Model
public import ObjectStorage
import SystemIO

extension MotoServer {
    /// The policy of a role that `Docs/operations.md` shows, for a bucket.
    ///
    /// - Throws: `E-TEST-POSTGRES` when it shows none.
    public static func policy(
        _ role: String,
        bucket: String = "versioned"
    ) throws(Fault) -> String {
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let text: String
        do {
            let file = root.appending(path: "Docs/operations.md")
            text = try String(contentsOf: file, encoding: .utf8)
        } catch { throw Fault(.testServer, "unable to read the operations' page", cause: error) }
        guard let start = text.firstRange(of: "```json \(role)\n"),
            let end = text[start.upperBound...].firstRange(of: "\n```")
        else { throw Fault(.testServer, "unable to find the policy of '\(role)'") }
        return String(text[start.upperBound..<end.lowerBound]).replacing("BUCKET", with: bucket)
    }

    /// Puts something in front of an object with AWS' own client, as a user: other bytes, or a mark that it was deleted.
    ///
    /// - Throws: `E-TEST-POSTGRES` with what the client wrote.
    public func hide(
        _ names: [ObjectName],
        in settings: S3Settings,
        with bytes: String? = nil,
        as user: String
    ) async throws(Fault) {
        var environment = try bucket(settings.bucket, user: user).environment
        environment["PATH"] = "/usr/bin:/bin"
        environment["PYTHONPATH"] = TestDependencies.moto
        let act = bytes == nil ? "delete_object(" : "put_object(Body=sys.argv[1].encode(), "
        let script = """
            import boto3, sys
            s3 = boto3.client("s3", endpoint_url="http://127.0.0.1:\(port)", region_name="us-east-1")
            for name in sys.argv[2:]:
                s3.\(act)Bucket="\(settings.bucket)", Key="\(settings.prefix)/" + name)
            """
        _ = try await Command(
            "/usr/bin/python3",
            arguments: ["-c", script, bytes ?? ""] + names.map(\.text),
            environment: environment
        ).runSuccessfully(outputLimit: 1 << 16)
    }
}
