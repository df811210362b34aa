import Glibc
import Model
import SystemIO
import UnixSignals

/// The program: its threads, its signals and its exit code.
@main
enum Program {
    /// Enough for two components with three encoders each, what they wait for, and the signals.
    private static let threadCount = 16

    static func main() async {
        // Whoever reads our output may leave (`lifeboat ls | head`); a backup under way shall not
        // die of it.
        signal(SIGPIPE, SIG_IGN)
        // A file that may not grow further is an error to report, not a reason to die of.
        signal(SIGXFSZ, SIG_IGN)
        let words = Array(CommandLine.arguments.dropFirst())
        MemorySettings.apply(to: words)
        let threads = BlockingThreads(name: "lifeboat", threads: threadCount)
        if ContainerBridge.isMeant(by: words) {
            exit(await withTaskExecutorPreference(threads) { await ContainerBridge.run(words) })
        }
        let code = await withTaskExecutorPreference(threads) { await run(words) }
        exit(code.rawValue)
    }

    private static func run(_ words: [String]) async -> ExitCode {
        let parsed: CommandLineText.Parsed
        do throws(Fault) {
            parsed = try CommandLineText.parse(words)
        } catch {
            let exit = Screen(isJSON: words.contains("--json")).show(error)
            // A server that recovers must not take a wrong command line for the end of the log.
            return WalFetchVerb.isMeant(by: words) ? .recoveryStopped : exit
        }
        switch parsed {
        case .text(let text): return Screen().print(text)
        case .verb(let verb): return await run(verb)
        }
    }

    private enum Event: Sendable {
        case ended(ExitCode)
        case signal(ExitCode)
    }

    /// Runs a verb with an ear for signals: the first cancels it, the second ends the program at
    /// once.
    private static func run(_ verb: some Verb) async -> ExitCode {
        let screen = Screen(verb.global)
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return await withTaskGroup(of: Event.self) { group in
            group.addTask { .ended(await perform(verb, screen)) }
            group.addTask { await next(of: signals) }
            var cancelled: ExitCode?
            while let event = await group.next() {
                switch event {
                case .ended(let code):
                    group.cancelAll()
                    guard let cancelled, code != .success else { return code }
                    return cancelled
                case .signal(let code):
                    cancelled = cancelled ?? code
                    group.cancelAll()
                }
            }
            return cancelled ?? .failed
        }
    }

    private static func perform(_ verb: some Verb, _ screen: Screen) async -> ExitCode {
        do throws(Fault) {
            return try await verb.perform(screen)
        } catch { return screen.show(error) }
    }

    private static func next(of signals: UnixSignalsSequence) async -> Event {
        for await signal in signals {
            // Who asks twice does not want to wait; a vault takes no harm from a sudden end.
            Glibc.signal(SIGINT, SIG_DFL)
            Glibc.signal(SIGTERM, SIG_DFL)
            return .signal(signal == .sigint ? .interrupted : .terminated)
        }
        // The verb has ended, and nobody listens to this any more.
        return .signal(.terminated)
    }
}
