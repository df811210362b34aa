package import Model

/// What receiving a log is for every component that has one: it goes on beside other work, and again after each loss.
package enum LogReceiving {
    /// Receives and does other work beside it until one of them ends, or the task is cancelled; then both have ended.
    ///
    /// - Throws: what receiving throws.
    package static func run(
        _ receive: @escaping @Sendable () async throws(Fault) -> Void,
        beside work: @escaping @Sendable () async -> Void
    ) async throws(Fault) {
        let result: Result<Void, Fault> = await withTaskGroup(of: Result<Void, Fault>.self) {
            group in
            group.addTask {
                do throws(Fault) {
                    try await receive()
                    return .success(())
                } catch { return .failure(error) }
            }
            group.addTask {
                await work()
                return .success(())
            }
            let first = await group.next() ?? .success(())
            group.cancelAll()
            return first
        }
        try result.get()
    }

    /// Opens a receiver and lets it run, again and again, ever more slowly while none can be opened, up to every 30 s.
    ///
    /// - Parameters:
    ///   - context: where it is told that a receiver was lost.
    ///   - mayPass: whether another attempt may mend a fault; it may where a copy is away or refuses, which people mend meanwhile.
    ///   - open: makes a receiver.
    ///   - run: lets it receive until it is lost.
    /// - Throws: `E-CANCELLED`, and the faults that no other attempt would mend.
    package static func repeating<Receiver>(
        _ context: BackupContext,
        while mayPass: (Fault) -> Bool,
        open: () async throws(Fault) -> Receiver,
        run: (Receiver) async throws(Fault) -> Void
    ) async throws(Fault) {
        let shortest = Duration.milliseconds(500)
        var pause = shortest
        while true {
            do throws(Fault) {
                let receiver = try await open()
                pause = shortest
                try await run(receiver)
            } catch  where mayPass(error) || isOfCopies(error) {
                let hint = error.hints.first.map { " (\($0))" } ?? ""
                context.progress(.note("\(error.message); trying again\(hint)"))
            }
            try await rest(pause)
            pause = min(pause * 2, .seconds(30))
        }
    }

    /// Whether a copy is what a fault is about: a disk that was taken out, rights that were taken away.
    private static func isOfCopies(_ fault: Fault) -> Bool {
        fault.code.exit == .copyUnreachable || fault.code.exit == .noVault
    }

    /// Takes the snapshots that are asked for until the task is cancelled.
    ///
    /// What goes wrong is reported and tried again, ever more slowly, up to every 5 minutes; the log is received all the same.
    ///
    /// - Parameters:
    ///   - bases: what is asked for.
    ///   - context: where it is told.
    ///   - backUp: backs the component up as `lifeboat backup` does.
    package static func takeBases(
        _ bases: LogBases,
        _ context: BackupContext,
        _ backUp: () async throws(Fault) -> Void
    ) async {
        var pause = Duration.seconds(1)
        while !Task.isCancelled {
            var wait = Duration.milliseconds(200)
            if let wish = bases.open {
                do throws(Fault) {
                    context.progress(.note("taking a snapshot that the log can be replayed on"))
                    try await backUp()
                    bases.fulfill(wish)
                    pause = .seconds(1)
                } catch {
                    if error.code == .cancelled { return }
                    context.progress(
                        .note("no snapshot leads into the log yet: \(error.message); trying again")
                    )
                    wait = pause
                    pause = min(pause * 2, .seconds(300))
                }
            }
            do throws(Fault) { try await rest(wait) } catch { return }
        }
    }

    /// Lets time pass between two attempts, or two rounds of the work beside them.
    ///
    /// - Throws: `E-CANCELLED`.
    package static func rest(_ time: Duration) async throws(Fault) {
        try await Cancellation.pause(time, "go on receiving the log")
    }
}
