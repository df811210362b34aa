public import Model

extension Command {
    /// Runs the program to its end, as ``run(input:outputLimit:)`` does, and ends it when that takes too long.
    ///
    /// - Parameters:
    ///   - outputLimit: The most bytes of standard output that are kept.
    ///   - patience: How long it, and whoever it leaves its output to, may take.
    /// - Returns: What it left behind; nil when it took too long.
    /// - Throws: As ``run(input:outputLimit:)``.
    public func run(
        outputLimit: Int,
        within patience: Duration
    ) async throws(Fault) -> Result? {
        let event = await withTaskGroup(of: Event.self) { group in
            group.addTask {
                do throws(Fault) {
                    return .ended(try await run(outputLimit: outputLimit))
                } catch { return .failed(error) }
            }
            group.addTask {
                try? await Timepiece(ContinuousClock()).wait(patience)
                return .silent
            }
            let first = await group.next() ?? .silent
            group.cancelAll()
            return first
        }
        switch event {
        case .ended(let result): return result
        case .failed(let fault): throw fault
        case .silent:
            guard !Task.isCancelled else {
                throw Fault(.cancelled, "unable to run program '\(executable)': it was cancelled")
            }
            return nil
        }
    }

    private enum Event: Sendable {
        case ended(Result)
        case failed(Fault)
        case silent
    }
}
