public import Model

/// The servers that all tests of a run share, and which end with it.
///
/// Every store gets a prefix of its own.
public enum S3Servers {
    /// `rclone serve s3`.
    public static let rclone = Result<RcloneServer, Fault> { () throws(Fault) in
        try RcloneServer()
    }
    /// moto.
    public static let moto = Result<MotoServer, Fault> { () throws(Fault) in try MotoServer() }

    /// The folder of Python modules with AWS' own client.
    public static var modules: String { TestDependencies.moto }
}
