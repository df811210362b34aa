import FoundationEssentials
import Model
import Services
import SystemIO
import SystemPackage
import UnixSignals

/// What our executable is when it stands for a program of an image: no verb for people.
enum ContainerBridge {
    /// The status when the program could not be run, as engines' own commands have it.
    private static let failed: Int32 = 125

    /// Whether some words ask for it.
    static func isMeant(by words: [String]) -> Bool {
        words.count >= 2 && words[0] == ContainerRun.verb
    }

    /// Runs the program to its end; gives the status to end with.
    static func run(_ words: [String]) async -> Int32 {
        // Caught before there is a container, so that none is left behind.
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sigquit)
        let (names, source) = AsyncStream.makeStream(of: String.self)
        return await withTaskGroup(of: Int32?.self) { group in
            group.addTask {
                for await signal in signals { source.yield(name(of: signal)) }
                return nil
            }
            group.addTask { await perform(words.dropFirst(), names) }
            for await status in group {
                guard let status else { continue }
                group.cancelAll()
                return status
            }
            return failed
        }
    }

    private static func perform(
        _ words: ArraySlice<String>,
        _ signals: AsyncStream<String>
    ) async -> Int32 {
        do throws(Fault) {
            return try await ContainerProgram(try ContainerRun(words: words)).perform(
                environment: ProcessInfo.processInfo.environment,
                signals: signals
            )
        } catch {
            // One line, which the caller takes for the program's own.
            let errors = Descriptor(owning: 2, path: "standard error")
            try? errors.write(Array("\(error.message)\n".utf8))
            return failed
        }
    }

    private static func name(of signal: UnixSignal) -> String {
        switch signal {
        case .sigint: "SIGINT"
        case .sigquit: "SIGQUIT"
        default: "SIGTERM"
        }
    }
}
