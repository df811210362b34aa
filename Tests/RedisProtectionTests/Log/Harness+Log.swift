import Model
import Protection
import RedisProtection
import RedisWire
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

extension RedisServer {
    /// It as a component, whose log its own program replays.
    var replayed: RedisComponent {
        RedisComponent(name: "cache", address: address, replayProgram: FilePath(kind.path))
    }
}

extension Harness {
    /// Writes to the log of the stream as a receiver does.
    func logWriter() throws -> LogWriter {
        try LogWriter(vault, keys: keys, stream: stream, kind: .redis, state: scratch.path)
    }

    /// Receives the log of a server while some work is done, and takes the snapshots that it asks for.
    func receiving<Value: Sendable>(
        _ component: RedisComponent,
        by clock: any Timekeeper = SystemClock(),
        _ body: () async throws -> Value
    ) async throws -> Value {
        let harness = self
        let service = RedisLogService(component, context: context(clock)) {
            () async throws(Fault) in _ = try await harness.backUp(component)
        }
        let result: Result<Value, any Error> = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do throws(Fault) {
                    try await service.run()
                } catch { if error.code != .cancelled { Issue.record(error) } }
            }
            let result: Result<Value, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            group.cancelAll()
            return result
        }
        return try result.get()
    }

    /// Waits until something is so.
    func wait(_ what: String, _ isSo: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(600)
        while try await !isSo() {
            guard ContinuousClock.now < deadline else {
                Issue.record("waited in vain until \(what); \(told)")
                throw Fault(.invalidValue, "waited in vain until \(what)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// How far the log takes the newest snapshot.
    func standing() async throws -> LogStanding? {
        guard let newest = try await vault.newest(of: stream, isWhole: true).heads.first else {
            return nil
        }
        return try await RedisComponent.standing(
            of: newest,
            log: LogReader(vault, stream: stream)
        )
    }

    /// A moment that can be gone back to and that everything written so far lies before; nothing else is written meanwhile.
    ///
    /// A time alone would not do: what is received late counts as of then, and so may what came before the last that was written.
    func moment(
        of server: RedisServer,
        by clock: any Timekeeper = SystemClock()
    ) async throws -> Instant {
        let offset = try await server.replicationOffset()
        let now = clock.now()
        var moment: Instant?
        try await wait("the log reaches \(offset) at \(now)") {
            let standing = try await standing()
            moment = standing?.until
            return standing?.isWhole == true && standing?.end.value ?? 0 >= offset
                && moment ?? now - .seconds(1) >= now
        }
        return try #require(moment)
    }

    /// The numbers of the log's epochs.
    func epochs() async throws -> [UInt32] {
        Set(try await LogReader(vault, stream: stream).pieces.map(\.epoch)).sorted()
    }

    /// The digest of what a server holds that was started on what came back.
    func digest(
        of component: RedisComponent,
        at target: RecoveryTarget,
        _ kind: RedisProgram
    ) async throws -> String {
        try await restored(component, at: target, kind) { server in
            try await server.contentDigest()
        }
    }

    /// Restores into an empty folder, starts a server on it and looks at that.
    func restored<Value: Sendable>(
        _ component: RedisComponent,
        at target: RecoveryTarget,
        _ kind: RedisProgram,
        _ look: (RedisServer) async throws -> Value
    ) async throws -> Value {
        let server = try RedisServer(stopped: (), kind)
        defer { server.remove() }
        let request = request(to: server.folder, at: target)
        let plan = try await component.planRestore(request)
        _ = try await component.restore(plan, request, progress: .silent)
        let isAppendOnly = plan.facts["appendonly"] ?? "no"
        try server.start(["--appendonly", isAppendOnly])
        return try await look(server)
    }
}
