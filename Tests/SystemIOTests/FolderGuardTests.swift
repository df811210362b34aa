import Glibc
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// What happens to the servers of a test when the test process is gone.
@Suite(.ownThreads) struct FolderGuardTests {
    private func program(
        _ words: [String],
        in folder: FilePath
    ) throws(Fault) -> ChildProgram {
        try ChildProgram(
            words,
            environment: ["PATH": "/usr/bin:/bin"],
            directory: folder.string
        )
    }

    @Test
    func `what works in a watched folder ends, and the folder goes`() async throws {
        let scratch = try ScratchFolder()
        let (mine, other) = (scratch.path.appending("mine"), scratch.path.appending("other"))
        for folder in [mine, other] { try FileSystem.makeDirectories(folder, mode: 0o700) }
        let guardian = FolderGuard()
        guardian.watch(mine.string)
        guardian.watch(other.string)
        guardian.release(other.string)
        // One that works there, one that ignores a polite end, one that names the folder.
        let deaf = "trap '' TERM; exec sleep 600"
        let doomed = [
            try program(["/bin/sleep", "600"], in: mine),
            try program(["/bin/sh", "-c", deaf], in: mine),
            try program(["/bin/sh", "-c", "sleep 600; exit 3", mine.string], in: "/"),
        ]
        let spared = try program(["/bin/sleep", "600"], in: other)
        // The test process closes its end of the pipe, as its death would.
        guardian.end()
        for program in doomed { #expect(program.wait() == 128 + SIGKILL) }
        #expect(spared.isRunning)
        #expect(try FileSystem.status(mine) == nil)
        #expect(try FileSystem.status(other) != nil)
    }
}
