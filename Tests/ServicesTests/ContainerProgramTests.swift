import Model
import Services
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Programs of an image in containers of their own, through podman's Docker-compatible socket.
@Suite(.networkThreads, .serialized) struct ContainerProgramTests {
    /// An engine, and the files of one program.
    private struct Stand {
        let host: ContainerHost
        var path: FilePath { host.folder.path }
        var marks: FilePath { path.appending("marks") }
        var share: FilePath { path.appending("share") }

        init(input: [UInt8] = []) throws {
            host = try ContainerHost()
            try FileSystem.makeDirectories(share, mode: 0o700)
            try Directory.open(share).setOwner(4321, group: 4321, mode: 0o700)
            for (name, bytes) in [("in", input), ("out", []), ("err", [])] {
                try DurableFile.create(path.appending(name), with: bytes, mode: 0o600)
            }
        }

        /// Runs a script of the shell to its end.
        func run(
            _ script: String,
            image: String = ContainerHost.image,
            uid: UInt32 = 4321,
            hasNetwork: Bool = false,
            signals: AsyncStream<String> = AsyncStream { $0.finish() }
        ) async throws -> Int32 {
            let run = ContainerRun(
                engine: "unix://\(host.socket.string)",
                image: image,
                command: ["sh", "-c", script],
                uid: uid,
                gid: uid,
                directory: share.string,
                places: [share.string],
                hasNetwork: hasNetwork,
                marks: marks.string
            )
            let input = try Descriptor.open(path.appending("in"), .read)
            let output = try Descriptor.open(path.appending("out"), .write)
            let errors = try Descriptor.open(path.appending("err"), .write)
            let files = ContainerProgram.Files(
                input: input.rawValue,
                output: output.rawValue,
                errors: errors.rawValue
            )
            let status = try await ContainerProgram(try ContainerRun(text: run.text)).perform(
                environment: ["COLOUR": "green"],
                signals: signals,
                files: files
            )
            try input.close()
            try output.close()
            try errors.close()
            return status
        }

        func bytes(_ name: String) throws -> [UInt8] {
            try DurableFile.read(path.appending(name), limit: ByteCount(8 << 20))
        }

        /// Waits until the program has written something.
        func waitForOutput() async throws {
            try await until { try !bytes("out").isEmpty }
        }

        /// What is left of containers and their marks.
        func leftovers() throws -> [String] {
            let names = try Directory.open(marks).names().map(\.description)
            let containers = try host.podman(["ps", "--all", "--format", "{{.Names}}"])
            return names.filter { $0 != "lock" } + (containers.isEmpty ? [] : [containers])
        }
    }

    @Test func `it reads, writes and ends as a program of this host would, and leaves nothing`()
        async throws
    {
        let input = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ ($0 >> 9)) }
        let stand = try Stand(input: input)
        let status = try await stand.run("cat; touch made; echo $COLOUR >&2; exit 7")
        #expect(status == 7)
        #expect(try stand.bytes("out") == input)
        #expect(String(decoding: try stand.bytes("err"), as: UTF8.self) == "green\n")
        let made = try FileSystem.status(stand.share.appending("made"))
        #expect(made?.owner == 4321)
        #expect(try stand.leftovers().isEmpty)
        // One that reads nothing ends all the same.
        #expect(try await stand.run("exit 3") == 3)
        #expect(try stand.leftovers().isEmpty)
    }

    @Test(arguments: [
        ("SIGINT", "trap 'exit 9' INT; echo up; while :; do sleep 1 & wait $!; done", Int32(9)),
        ("SIGTERM", "trap '' TERM; echo up; while :; do sleep 1; done", 137),
    ])
    func `it hears signals, and is killed when it does not listen to the last`(
        signal: String,
        script: String,
        expected: Int32
    ) async throws {
        let stand = try Stand()
        let (signals, source) = AsyncStream.makeStream(of: String.self)
        async let status = stand.run(script, signals: signals)
        try await stand.waitForOutput()
        source.yield(signal)
        let ended = try await status
        #expect(ended == expected)
        #expect(try stand.leftovers().isEmpty)
    }

    @Test func `an engine keeps nothing of what it writes, and what it may do is little`()
        async throws
    {
        let stand = try Stand()
        async let status = stand.run(
            "grep -e NoNewPrivs -e CapBnd /proc/self/status; while test ! -e go; do sleep 0.1; done"
        )
        try await stand.waitForOutput()
        let name = try stand.host.podman(["ps", "--format", "{{.Names}}"])
        let log = try stand.host.podman([
            "inspect", "--format", "{{.HostConfig.LogConfig.Type}}", name,
        ])
        try DurableFile.create(stand.share.appending("go"), with: [], mode: 0o644)
        #expect(try await status == 0)
        #expect(log == "none")
        let words = String(decoding: try stand.bytes("out"), as: UTF8.self)
            .split(whereSeparator: \.isWhitespace)
        #expect(words == ["CapBnd:", "0000000000000000", "NoNewPrivs:", "1"])
    }

    @Test func `one of an image that compose has built is no container of the service`()
        async throws
    {
        let stand = try Stand()
        let image = "localhost/built:1"
        try stand.host.create("builder")
        try stand.host.podman([
            "commit", "--change", "LABEL com.docker.compose.project=shop", "--change",
            "LABEL com.docker.compose.service=db", "builder", image,
        ])
        try stand.host.podman(["rm", "builder"])
        async let status = stand.run(
            "echo up; while test ! -e go; do sleep 0.1; done",
            image: image
        )
        try await stand.waitForOutput()
        let engine = ContainerEngine(.socket(stand.host.socket.string))
        let found = try await engine.containers(labelled: [
            "com.docker.compose.project": "shop", "com.docker.compose.service": "db",
        ])
        try DurableFile.create(stand.share.appending("go"), with: [], mode: 0o644)
        #expect(try await status == 0)
        #expect(found.isEmpty)
    }

    @Test func `one that sees the network reads what it is given, as root too, and writes nothing`()
        async throws
    {
        let stand = try Stand()
        try DurableFile.create(stand.share.appending("seen"), with: [65, 10], mode: 0o600)
        let script = "cat seen; touch made || exit 5"
        #expect(try await stand.run(script, uid: 0, hasNetwork: true) == 5)
        #expect(try stand.bytes("out") == [65, 10])
        #expect(try FileSystem.status(stand.share.appending("made")) == nil)
    }

    @Test func `an image or a program that is not there is told, and leaves nothing`() async throws
    {
        let stand = try Stand()
        var run = ContainerRun(
            engine: "unix://\(stand.host.socket.string)",
            image: "localhost/nobody:1",
            command: ["true"],
            uid: 0,
            gid: 0,
            directory: nil,
            places: [],
            hasNetwork: false,
            marks: stand.marks.string
        )
        let none = AsyncStream<String> { $0.finish() }
        for (image, program) in [("localhost/nobody:1", "true"), (ContainerHost.image, "nothing")] {
            run.image = image
            run.command = [program]
            do throws(Fault) {
                let status = try await ContainerProgram(run).perform(
                    environment: [:],
                    signals: none
                )
                // An engine may also start nothing and say so with a status.
                #expect(status == 127)
            } catch { #expect(error.code == .engineRefused, "\(error.message)") }
            #expect(try stand.leftovers().isEmpty)
        }
        let engine = ContainerEngine(.socket(stand.host.socket.string))
        #expect(try await engine.hasImage(ContainerHost.image))
        #expect(try await !engine.hasImage("localhost/nobody:1"))
    }

    @Test func `frames are taken apart wherever they are cut`() throws {
        let bytes: [UInt8] =
            [1, 0, 0, 0, 0, 0, 0, 3, 65, 66, 67] + [2, 0, 0, 0, 0, 0, 0, 0]
            + [2, 0, 0, 0, 0, 0, 1, 0] + [UInt8](repeating: 68, count: 256)
        for size in 1...bytes.count {
            var frames = StreamFrames()
            var (output, errors): ([UInt8], [UInt8]) = ([], [])
            for start in stride(from: 0, to: bytes.count, by: size) {
                let end = min(start + size, bytes.count)
                for piece in try frames.add(Array(bytes[start..<end])) {
                    if piece.isError { errors += piece.bytes } else { output += piece.bytes }
                }
                #expect(frames.isWhole || end < bytes.count)
            }
            #expect(output == [65, 66, 67])
            #expect(errors == [UInt8](repeating: 68, count: 256))
        }
        var wrong = StreamFrames()
        #expect(throws: Fault.self) { try wrong.add(Array("HTTP/1.1".utf8)) }
    }
}
