package import Model

/// Checks the order of the frames of a base backup and turns them into events.
///
/// ```text
///   (archive, bytes…)  once for every tablespace announced, in any order, then the data directory
/// ```
/// Progress frames may come anywhere; a manifest was not asked for and is refused.
package struct BaseBackupFraming {
    private var expected: [String: BaseBackupEvent.Archive]
    private var isInside = false

    /// Expects one archive for each tablespace and `base.tar`.
    package init(tablespaces: [Tablespace]) {
        expected = ["base.tar": .dataDirectory]
        for tablespace in tablespaces {
            expected["\(tablespace.oid).tar"] = .tablespace(tablespace)
        }
    }

    /// Takes a frame and gives the events that it means.
    ///
    /// - Throws: `E-PG-PROTOCOL` when the frame is out of order.
    package mutating func receive(_ frame: BaseBackupFrame) throws(Fault) -> [BaseBackupEvent] {
        switch frame {
        case .progress: return []
        case .manifest: throw BaseBackupFrame.fault("a manifest comes that was not asked for")
        case .bytes(let bytes):
            guard isInside else { throw BaseBackupFrame.fault("bytes come before an archive") }
            return [.bytes(bytes)]
        case .archive(let name, _):
            guard let archive = expected.removeValue(forKey: name) else {
                throw BaseBackupFrame.fault("an archive comes that was not announced")
            }
            guard archive != .dataDirectory || expected.isEmpty else {
                throw BaseBackupFrame.fault("the data directory comes before a tablespace")
            }
            defer { isInside = true }
            return (isInside ? [.endArchive] : []) + [.beginArchive(archive)]
        }
    }

    /// Says that the COPY is over.
    ///
    /// - Throws: `E-PG-PROTOCOL` when an archive is missing.
    package mutating func finish() throws(Fault) -> [BaseBackupEvent] {
        guard expected.isEmpty else { throw BaseBackupFrame.fault("an archive is missing") }
        return [.endArchive]
    }
}
