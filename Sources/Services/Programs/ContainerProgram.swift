public import Model
internal import SystemIO
internal import SystemPackage

/// Runs one program in a container as if it were a program of this host: it reads our input, writes our output, hears the
/// signals that we hear, and we end with its status.
public struct ContainerProgram: Sendable {
    /// The open files that the program's own three are.
    public struct Files: Sendable {
        let input: Int32
        let output: Int32
        let errors: Int32

        /// Names three open files.
        public init(input: Int32 = 0, output: Int32 = 1, errors: Int32 = 2) {
            self.input = input
            self.output = output
            self.errors = errors
        }
    }

    private enum Event: Sendable {
        case heard
        case fed(isWhole: Bool)
        case ended(Fault?)
    }

    /// How long a program has after SIGTERM: whoever sent that kills us later, and then nobody would remove the container.
    private static let patience = Duration.seconds(2)
    /// How long the engine has to tell of the end of a program that was killed.
    private static let lastPatience = Duration.seconds(30)

    private let run: ContainerRun
    private let engine: ContainerEngine

    /// Prepares; nothing is reached yet.
    ///
    /// - Throws: `E-ENGINE-ADDRESS`.
    public init(_ run: ContainerRun) throws(Fault) {
        self.run = run
        engine = ContainerEngine(try EngineAddress(run.engine))
    }

    /// Makes the container, runs the program to its end, and removes the container, whatever came of it.
    ///
    /// Blocks threads while it waits for bytes. When we are killed, the container is found by its mark.
    ///
    /// - Parameters:
    ///   - environment: what the program gets beside the image's own.
    ///   - signals: those that it hears, by name: `SIGINT`. After `SIGTERM` it is killed soon.
    ///   - files: its input and output.
    /// - Returns: the status that it ended with.
    /// - Throws: `E-ENGINE-…`, `E-IO-…`.
    public func perform(
        environment: [String: String],
        signals: AsyncStream<String>,
        files: Files = Files()
    ) async throws(Fault) -> Int32 {
        let mark = try ContainerMark(in: FilePath(run.marks), uid: run.uid, gid: run.gid)
        let status: Int32
        do throws(Fault) {
            status = try await work(mark, environment, signals, files)
        } catch {
            // The first fault is the one to tell; what is left is found by its mark.
            try? await remove(mark)
            throw error
        }
        try await remove(mark)
        return status
    }

    private func remove(_ mark: ContainerMark) async throws(Fault) {
        try await engine.remove(mark.name)
        try mark.remove()
    }

    private func work(
        _ mark: ContainerMark,
        _ environment: [String: String],
        _ signals: AsyncStream<String>,
        _ files: Files
    ) async throws(Fault) -> Int32 {
        try await engine.create(mark.name, run, environment: environment, accounts: mark.path)
        let stream = try EngineStream(engine.address, container: mark.name)
        try await engine.start(mark.name)
        let (fault, isFed) = await withTaskGroup(of: Event.self) { group in
            group.addTask { .fed(isWhole: Self.feed(stream, from: files.input)) }
            group.addTask { await pass(signals, to: mark.name) }
            group.addTask { .ended(Self.drain(stream, to: files)) }
            return await end(of: &group, stream, mark.name)
        }
        if let fault { throw fault }
        // One that somebody else has removed meanwhile was ended by that.
        let status = try await engine.status(ofEnded: mark.name) ?? 143
        guard isFed || status != 0 else {
            throw Fault(
                .engineUnreachable,
                "unable to hand input to a program: the engine hung up in between"
            )
        }
        return status
    }

    /// Waits until the program has ended, or nothing can be heard of it any more, and then for those who hand things on.
    ///
    /// - Returns: what went wrong, and whether the program could read its whole input.
    private func end(
        of group: inout TaskGroup<Event>,
        _ stream: EngineStream,
        _ name: String
    ) async -> (fault: Fault?, isFed: Bool) {
        var fault: Fault?
        var isFed = false
        var hasEnded = false
        for await event in group {
            switch event {
            case .heard: continue
            case .fed(let isWhole): isFed = isWhole
            case .ended(let found):
                guard !hasEnded else { continue }
                hasEnded = true
                fault = found
                group.cancelAll()
                // Whoever still hands input on waits for a program that nobody hears any more.
                stream.hangUp()
                if fault != nil { try? await engine.send("SIGKILL", to: name) }
            }
        }
        return (fault, isFed)
    }

    /// Hands our input on to its end; whether the program could read all of it.
    private static func feed(_ stream: EngineStream, from number: Int32) -> Bool {
        do throws(Fault) {
            let input = try descriptor(number, "standard input")
            while true {
                guard try input.isReadable(within: 100) else {
                    if Task.isCancelled { return false }
                    continue
                }
                let bytes = try input.read(upTo: 64 << 10)
                guard !bytes.isEmpty else { break }
                try stream.write(bytes)
            }
        } catch {
            // A program that ends early reads no more; its status tells.
            return false
        }
        // One that has ended already had all of it.
        try? stream.endWriting()
        return true
    }

    /// Hands what the program writes on to its end; what went wrong, if anything did.
    private static func drain(_ stream: EngineStream, to files: Files) -> Fault? {
        do throws(Fault) {
            let output = try descriptor(files.output, "standard output")
            let errors = try descriptor(files.errors, "standard error")
            var frames = StreamFrames()
            while true {
                guard let bytes = try stream.read() else {
                    if Task.isCancelled { return nil }
                    continue
                }
                guard !bytes.isEmpty else { break }
                for piece in try frames.add(bytes) {
                    if piece.isError {
                        try errors.write(piece.bytes)
                    } else {
                        try output.write(piece.bytes)
                    }
                }
            }
            guard !frames.isWhole else { return nil }
            return Fault(
                .engineUnreachable,
                "unable to read what a program writes: the engine hung up in between"
            )
        } catch { return error }
    }

    /// Hands signals on until the task is cancelled, or the program was killed and the engine does not tell that it ended.
    private func pass(_ signals: AsyncStream<String>, to name: String) async -> Event {
        for await signal in signals {
            // One that has ended needs no signal; one that cannot be reached is found by its mark.
            try? await engine.send(signal, to: name)
            guard signal == "SIGTERM" else { continue }
            try? await Timepiece(ContinuousClock()).wait(Self.patience)
            try? await engine.send("SIGKILL", to: name)
            try? await Timepiece(ContinuousClock()).wait(Self.lastPatience)
            return .ended(
                Fault(
                    .engineUnreachable,
                    "unable to end a program: the engine does not tell that it has ended"
                )
            )
        }
        return .heard
    }

    private static func descriptor(
        _ number: Int32,
        _ name: FilePath
    ) throws(Fault) -> Descriptor {
        do {
            let copy = try FileDescriptor(rawValue: number).duplicate()
            return Descriptor(owning: copy.rawValue, path: name)
        } catch {
            throw .unable("open", name, error as? Errno ?? .badFileDescriptor)
        }
    }
}
