import Glibc
import Model
import Services
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Engines that hang, hang up and lie: nothing waits for ever, and nothing counts as done that is not.
@Suite(.networkThreads, .serialized) struct LyingEngineTests {
    init() {
        // As the executable has it: who writes to an engine that hung up is told, and not killed.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Runs a program to its end through an engine.
    private func run(
        _ engine: LyingEngine,
        input: Int,
        signals: AsyncStream<String> = AsyncStream { $0.finish() }
    ) async throws(Fault) -> Int32 {
        let path = engine.folder.path.appending("in")
        try DurableFile.create(path, with: [UInt8](repeating: 1, count: input), mode: 0o600)
        let run = ContainerRun(
            engine: "unix://\(engine.socket.string)",
            image: ContainerHost.image,
            command: ["cat"],
            uid: 4321,
            gid: 4321,
            directory: nil,
            places: [],
            hasNetwork: false,
            marks: engine.folder.path.appending("marks").string
        )
        let file = try Descriptor.open(path, .read)
        let output = try Descriptor.open(
            engine.folder.path.appending("out"),
            .write,
            create: .ifMissing(0o600)
        )
        let status = try await ContainerProgram(run).perform(
            environment: [:],
            signals: signals,
            files: ContainerProgram.Files(
                input: file.rawValue,
                output: output.rawValue,
                errors: output.rawValue
            )
        )
        try file.close()
        try output.close()
        return status
    }

    @Test(.timeLimit(.minutes(20)))
    func `an answer that does not end is waited for as long as one that does not begin`()
        async throws
    {
        let engine = try LyingEngine(.body)
        let late = await fault { () async throws(Fault) in
            _ = try await ContainerEngine(.socket(engine.socket.string)).hasImage("x")
        }
        #expect(late?.code == .engineUnreachable)
        #expect(late?.message.contains("in time") == true)
    }

    @Test(.timeLimit(.minutes(20)))
    func `an engine that lets nobody attach is given up`() async throws {
        let engine = try LyingEngine(.attach)
        let late = await fault { () async throws(Fault) in _ = try await run(engine, input: 0) }
        #expect(late?.code == .engineUnreachable)
    }

    @Test(.timeLimit(.minutes(20)))
    func `who is told to end does so, whether the engine tells of the program's end or not`()
        async throws
    {
        let engine = try LyingEngine(.mute)
        let (signals, source) = AsyncStream.makeStream(of: String.self)
        source.yield("SIGTERM")
        // More than the connection holds: whoever hands it on waits for an engine that does not read.
        let late = await fault { () async throws(Fault) in
            _ = try await run(engine, input: 8 << 20, signals: signals)
        }
        #expect(late?.code == .engineUnreachable)
    }

    @Test func `a program that could not read its whole input has not done its work`() async throws
    {
        let cut = try LyingEngine(.cut)
        let late = await fault { () async throws(Fault) in _ = try await run(cut, input: 8 << 20) }
        #expect(late?.code == .engineUnreachable)
        let whole = try LyingEngine(.whole)
        #expect(try await run(whole, input: 8 << 20) == 0)
    }
}
