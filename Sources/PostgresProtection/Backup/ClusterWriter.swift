internal import Model
internal import PostgresWire

/// Takes the members of the server's archives apart and hands them to the intake.
final class ClusterWriter {
    /// What comes before the paths of the present archive.
    var prefix = ""
    private let intake: ClusterIntake
    private var directories: Set<[UInt8]> = []

    init(_ intake: ClusterIntake) { self.intake = intake }

    /// Takes the next event of the archive.
    func take(_ event: TarEvent) async throws(Fault) {
        switch event {
        case .entry(let member): try begin(member)
        case .bytes(let bytes): try await intake.write(bytes)
        // The server has read a page with a wrong checksum twice before it sent it.
        case .endEntry: try await intake.end()
        case .end: break
        }
    }

    private func begin(_ member: TarEntry) throws(Fault) {
        let path = Array(prefix.utf8) + member.path
        let modified = Instant(seconds: member.modifiedSeconds)
        switch member.kind {
        case .directory:
            guard !member.path.isEmpty, directories.insert(path).inserted else { return }
            try intake.addDirectory(path, mode: member.mode, modified: modified)
        case .symbolicLink:
            // Links to tablespaces: a restore makes them anew, to where it puts the tablespaces.
            return
        case .file:
            intake.begin(
                IncomingFile(
                    path: path,
                    size: member.size,
                    mode: member.mode,
                    modified: modified
                )
            )
        }
    }
}
