package import Model
internal import Vault

/// Stores the log in one copy: piece by piece while it follows, by replication from another copy after it fell behind.
package struct LogLane: Sendable {
    let fan: LogFan
    /// Which one of the copies.
    let index: Int
    let copies: [LogCopies.Copy]
    let stream: StreamName
    /// Hears what a person should know.
    let note: @Sendable (String) -> Void

    package init(
        fan: LogFan,
        index: Int,
        copies: [LogCopies.Copy],
        stream: StreamName,
        note: @escaping @Sendable (String) -> Void
    ) {
        self.fan = fan
        self.index = index
        self.copies = copies
        self.stream = stream
        self.note = note
    }

    private var name: String { copies[index].name }

    /// Works until the fan is closed and what waits is stored, or was refused.
    func run() async {
        while let work = await fan.work(for: index) {
            switch work {
            case .store(let entry): await store(entry)
            case .catchUp: await catchUpUntilClosed()
            }
            if Task.isCancelled, fan.withFront({ $0.isFailing(index) }) { return }
        }
    }

    private func store(_ entry: LogFront.Entry) async {
        do throws(Fault) {
            if let log = entry.log { try await vault().store(log) }
            let failures = fan.withFront { $0.stored(index, entry) }
            if failures > 0, copies.count > 1 { note("copy '\(name)' takes the log again") }
        } catch {
            fan.keep(nil, of: index)
            await failed(error)
            // At the end there is no time for another attempt; the source keeps what is not stored anywhere.
            if fan.isClosed { fan.withFront { $0.fallBehind(index) } }
        }
    }

    private func vault() async throws(Fault) -> Vault {
        if let vault = fan.vault(index) { return vault }
        let vault = try await copies[index].open()
        fan.keep(vault, of: index)
        return vault
    }

    private func failed(_ fault: Fault) async {
        let failures = fan.withFront { $0.failed(index, fault) }
        if failures == 1, copies.count > 1, !fan.isClosed {
            note("copy '\(name)' does not take the log: \(fault.message); trying again")
        }
        await rest(min(.milliseconds(250) * (1 << min(failures, 7)), .seconds(30)))
    }

    /// Brings the copy up to date, unless the fan is closed meanwhile.
    private func catchUpUntilClosed() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await catchUp() }
            group.addTask { await rest(nil) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Gets the log from another copy, then that which was stored there meanwhile, while new pieces wait.
    private func catchUp() async {
        do throws(Fault) {
            let target = try await copies[index].open()
            guard let source = fan.withFront({ $0.source(for: index) }) else {
                return await rest(.seconds(1))
            }
            let vault = try await copies[source].open()
            try await copyLog(from: vault, to: target)
            let place = fan.withFront { $0.join(index) }
            try await wait(for: source, toReach: place)
            let reach = try await end(of: vault, place.timeline)
            try await copyLog(from: vault, to: target)
            guard try await end(of: target, place.timeline) >= reach else {
                throw Fault(
                    .logCopies,
                    "unable to bring the log to copy '\(name)': copy '\(copies[source].name)' does not hold it whole",
                    hints: ["Find out what is damaged: lifeboat check"]
                )
            }
            fan.keep(target, of: index)
            if fan.withFront({ $0.joined(index, at: place) }) {
                note("copy '\(name)' has caught up with the log")
            }
        } catch {
            fan.withFront { $0.fallBehind(index) }
            if error.code != .cancelled { await failed(error) }
        }
    }

    private func copyLog(from source: Vault, to target: Vault) async throws(Fault) {
        let report = await Replication(from: source, to: target).runLog(of: stream)
        if let fault = report.fault { throw fault }
    }

    private func end(of vault: Vault, _ timeline: UInt32) async throws(Fault) -> UInt64 {
        let reader = try await LogReader(vault, stream: stream)
        return reader.coverage(epoch: timeline).ranges.last?.upperBound ?? 0
    }

    /// Waits until another copy holds everything before a place.
    private func wait(for source: Int, toReach place: LogPlace) async throws(Fault) {
        while true {
            let (isThere, works) = fan.withFront { front in
                let isThere = front.durable(source).map { $0 >= place } ?? false
                return (isThere, front.source(for: index) != nil)
            }
            if isThere { return }
            guard works, !fan.isClosed, !Task.isCancelled else {
                throw Fault(
                    .logCopies,
                    "unable to bring the log to copy '\(name)': copy '\(copies[source].name)' fails"
                )
            }
            await rest(.milliseconds(100))
        }
    }

    /// Rests, until the fan is closed or the task is cancelled if no time is given or that comes sooner.
    private func rest(_ time: Duration?) async {
        let end = time.map { ContinuousClock.now + $0 }
        while !fan.isClosed, end.map({ ContinuousClock.now < $0 }) ?? true {
            do { try await Task.sleep(for: min(.milliseconds(200), time ?? .seconds(1))) } catch {
                return
            }
        }
    }
}
