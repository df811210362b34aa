internal import Model
internal import SystemIO
internal import SystemPackage

/// Whether a server runs on a data directory, looked for in every way that there is.
///
/// Each process of a server works in its data directory, so the processes of this host tell, whatever `postmaster.pid` says: it stays
/// behind after a crash, and the number in it may be another program's by now. What a killed server leaves running
/// is found too, by that and by the shared memory that it still uses.
struct StandstillProof {
    let path: FilePath

    private static let names: Set<String> = ["postgres", "postmaster"]

    /// Does nothing when no server runs there.
    ///
    /// - Throws: `E-PG-RUNNING` when one does, or when that cannot be found out; `E-IO-…`.
    func require() throws(Fault) {
        let lines = try lockFile()
        let named = lines.first.flatMap { Int32($0) }
        guard let place = try FileSystem.followedStatus(path)?.identity else { return }
        for pid in try Workplace.processes() {
            switch try Workplace(of: pid) {
            case .known(let other):
                if other == place, Self.names.contains(Self.program(of: pid)) {
                    throw running("process \(pid) works in it")
                }
            case .hidden:
                if pid == named {
                    throw running("its postmaster.pid names process \(pid), which runs")
                }
            case .none: continue
            }
        }
        if lines.count > 6, try isAttached(lines[6]) {
            throw running("processes of a server that was killed still use its memory")
        }
    }

    private static func program(of pid: Int32) -> String {
        let bytes = try? Descriptor.open(FilePath("/proc/\(pid)/comm"), .read)
            .readAll(limit: ByteCount(4096))
        return String(decoding: bytes ?? [], as: UTF8.self).split(whereSeparator: \.isNewline)
            .first.map { String($0) } ?? ""
    }

    /// The lines of `postmaster.pid`; none when there is no such file.
    private func lockFile() throws(Fault) -> [String] {
        guard let name = FileName("postmaster.pid") else { return [] }
        let folder = try Directory.open(path)
        guard try folder.status(of: name) != nil else { return [] }
        let bytes = try folder.openFile(name, .read).readAll(limit: ByteCount(64 << 10))
        return String(decoding: bytes, as: UTF8.self)
            .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { $0.filter { $0 != "\r" } }
    }

    /// Whether processes use a segment of shared memory, given as `<key> <id>`.
    ///
    /// ```text
    ///   key  shmid perms  size  cpid  lpid nattch …           /proc/sysvipc/shm
    /// ```
    private func isAttached(_ line: String) throws(Fault) -> Bool {
        let wanted = line.split { $0 == " " }
        let table: FilePath = "/proc/sysvipc/shm"
        guard wanted.count == 2, try FileSystem.followedStatus(table) != nil else { return false }
        let bytes = try Descriptor.open(table, .read).readAll(limit: ByteCount(16 << 20))
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .contains { row in
                let fields = row.split { $0 == " " }
                return fields.count > 6 && fields[1] == wanted[1]
                    && Int64(fields[0]).map { UInt32(truncatingIfNeeded: $0) }
                        == Int64(wanted[0]).map { UInt32(truncatingIfNeeded: $0) }
                    && (Int(fields[6]) ?? 0) > 0
            }
    }

    private func running(_ fact: String) -> Fault {
        Fault(
            .serverRunning,
            "unable to write to '\(path.displayed)': a server runs on it: \(fact)",
            hints: ["Stop it first: pg_ctl -D \(path.displayed) -m fast stop"]
        )
    }
}
