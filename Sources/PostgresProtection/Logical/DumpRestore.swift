internal import FileTrees
internal import Model
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Brings dumps back as files: into a folder, or as one compressed file that `psql` takes after `gunzip`.
struct DumpRestore {
    let name: String
    let request: RestoreRequest

    private static let compressed = ".sql.gz"

    /// Finds the snapshot and examines the place.
    func plan() async throws(Fault) -> RestorePlan {
        let snapshot = try await SnapshotChoice.newest(for: request)
        guard let place = request.destination else {
            throw Fault(
                .invalidValue,
                "unable to restore '\(name)': dumps do not go back by themselves",
                hints: [
                    "Name a folder with --to, or a file: --to all.sql.gz. Then feed them to psql: globals first, each database with -d postgres."
                ]
            )
        }
        let isFile = isFile(place)
        if isFile {
            guard try FileSystem.status(place) == nil else {
                throw .unable("write file", place, .fileExists)
            }
        } else {
            try RestoreDestination.requireVacant(place)
        }
        let bytes = ByteCount(snapshot.head.sizes.source)
        try RestoreDestination.requireRoom(for: bytes, at: [isFile ? place.parent : place])
        let files = snapshot.head.facts["files"] ?? "0"
        return RestorePlan(
            snapshot: snapshot,
            destination: place,
            point: snapshot.head.time,
            steps: [
                "take the dumps of \(snapshot.head.time)",
                isFile
                    ? "write \(files) dumps, one behind the other, compressed, into one file"
                    : "write \(files) dumps, each a file",
            ],
            bytes: bytes
        )
    }

    /// Does it.
    func run(
        _ plan: RestorePlan,
        _ progress: ProgressReporter
    ) async throws(Fault) -> RestoreOutcome {
        guard isFile(plan.destination) else {
            try RestoreDestination.requireVacant(plan.destination)
            return try await restore(plan.snapshot, to: plan.destination, progress)
        }
        let folder = plan.destination.parent.appending(FileName.temporary())
        let outcome: RestoreOutcome
        do throws(Fault) {
            outcome = try await restore(plan.snapshot, to: folder, progress)
            progress(.phase("compressing"))
            try await compress(folder, to: plan.destination)
        } catch {
            // The first fault is the one to tell.
            try? FileSystem.removeTree(folder)
            throw error
        }
        try FileSystem.removeTree(folder)
        return outcome
    }

    private func isFile(_ place: FilePath) -> Bool {
        place.string.hasSuffix(Self.compressed)
    }

    private func restore(
        _ snapshot: Snapshot,
        to folder: FilePath,
        _ progress: ProgressReporter
    ) async throws(Fault) -> RestoreOutcome {
        let result = try await TreeRestorer(
            request.vault,
            snapshot: snapshot,
            identities: request.identities,
            destination: folder,
            temporary: request.state
        ).run(progress: progress)
        return RestoreOutcome(
            point: snapshot.head.time,
            lines: ["\(result.files) dumps, \(result.bytes), compared with the snapshot"],
            problems: result.problems,
            bytes: result.bytes
        )
    }

    /// Compresses each dump behind the other: what `gzip` wrote one after the other is one file for whoever reads it.
    private func compress(_ folder: FilePath, to place: FilePath) async throws(Fault) {
        guard let name = place.lastName else {
            throw .unable("write file", place, .invalidArgument)
        }
        let databases = folder.appending(DumpPath.databases)
        var paths = try Directory.open(databases).names().map { databases.appending($0) }
            .sorted { $0.string < $1.string }
        let globals = folder.appending(DumpPath.globals)
        if try FileSystem.status(globals) != nil { paths.insert(globals, at: 0) }
        let parent = try Directory.open(place.parent)
        let temporary = FileName.temporary()
        do throws(Fault) {
            let file = try parent.openFile(temporary, .write, create: .exclusive(0o600))
            for path in paths {
                let ending = try await Command("gzip", arguments: ["-c", "--", path.string])
                    .run(to: file)
                guard ending.status.isSuccess else {
                    throw Fault(
                        .commandFailed,
                        "unable to compress '\(path.displayed)': \(ending.status)"
                    )
                }
            }
            try file.synchronize()
            try file.close()
            try parent.renameExclusively(temporary, to: name)
            try parent.synchronize()
        } catch {
            // The first fault is the one to tell.
            try? parent.removeFile(temporary)
            throw error
        }
    }
}
