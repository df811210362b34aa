import Model
import TestKit

/// The servers that all tests of a run share, and which end with it.
///
/// Every store gets a prefix of its own.
enum S3Servers {
    static let rclone = Result<RcloneServer, Fault> { () throws(Fault) in try RcloneServer() }
    static let moto = Result<MotoServer, Fault> { () throws(Fault) in try MotoServer() }
}
