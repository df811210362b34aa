import Model
import Synchronization
import SystemIO
import SystemPackage

/// Asks one bucket of one server: signs, sends, tries again, refreshes credentials, and keeps what it learns.
final class S3Client: Sendable {
    let settings: S3Settings
    let endpoint: S3Endpoint
    let learned = Mutex(S3Learned())
    let traffic = Mutex(S3Traffic())
    let connection: S3Connection
    let surroundings: S3Surroundings
    private let keeper: CredentialKeeper
    private let generator: Mutex<any RandomNumberGenerator & Sendable>

    /// Prepares; no request is sent yet.
    ///
    /// - Throws: `E-VALUE`, `E-IO-…`.
    init(
        _ settings: S3Settings,
        environment: [String: String],
        secret: (@Sendable () async throws(Fault) -> String)?,
        _ surroundings: S3Surroundings
    ) throws(Fault) {
        var settings = settings
        let chain = CredentialChain(source: settings.credentials, environment: environment)
        endpoint = try S3Endpoint(
            settings,
            environment: environment,
            profile: try chain.profile()
        )
        if settings.certificates == nil, let path = environment["AWS_CA_BUNDLE"], !path.isEmpty {
            settings.certificates = FilePath(path)
        }
        if let limit = settings.limit {
            // Who is held back is not stuck.
            let share = Int(clamping: max(256, limit.bytes / 32))
            settings.patience.slowest = min(settings.patience.slowest, share)
        }
        let connection = try S3Connection(
            certificates: settings.certificates,
            patience: settings.patience,
            pacer: settings.limit.map { Pacer(bytesPerSecond: $0, surroundings.timepiece) }
        )
        self.settings = settings
        self.connection = connection
        self.surroundings = surroundings
        generator = Mutex(surroundings.generator)
        keeper = CredentialKeeper { () async throws(Fault) in
            if let secret { return try CredentialChain.credentials(in: try await secret()) }
            switch try chain.find() {
            case .credentials(let found): return found
            case .container(let container): return try await container.ask(over: connection)
            }
        }
    }

    /// The time by the server's clock, as far as it is known.
    var serverTime: Instant { surroundings.clock.now() + learned.withLock { $0.offset } }

    /// Asks until there is an answer that asking again does not change, or a bound is reached.
    ///
    /// A refusal of `HEAD` has no body, so the request goes out again as a `GET` of one byte: only a body tells an
    /// object that is not there from a bucket that is not there, and an expired key from a forbidden one.
    ///
    /// - Returns: The answer, good or bad; ``fault(_:_:)`` makes a fault of a bad one.
    /// - Throws: `E-STORE-…` when there is none, or the credentials are not accepted; `E-CANCELLED`.
    func perform(_ original: S3Request, _ act: S3Act) async throws(Fault) -> S3Reply {
        var request = original
        var schedule = RetrySchedule(settings.patience)
        let started = surroundings.timepiece.passed()
        var credentials = try await keeper.credentials(at: surroundings.clock.now())
        var refreshes = 0
        while true {
            switch await attempt(request, credentials) {
            case .success(let reply):
                if request.method == "HEAD", lacksReason(reply) {
                    request.method = "GET"
                    request.set("range", "bytes=0-0")
                    continue
                }
                switch S3Verdict(reply) {
                case .final: return reply
                case .refresh:
                    refreshes += 1
                    guard refreshes <= 3,
                        let fresh = try await keeper.replacement(of: credentials)
                    else { throw fault(reply, act) }
                    credentials = fresh
                case .again(let failure):
                    let asked = retryAfter(reply)
                    guard let wait = pause(&schedule, failure, since: started, asked: asked) else {
                        throw fault(reply, act)
                    }
                    try await surroundings.timepiece.wait(wait)
                }
            case .failure(let failure):
                guard let kind = failure.kind,
                    let wait = pause(&schedule, kind, since: started, asked: nil)
                else {
                    throw act.fault(failure, attempts: schedule.failures, endpoint: endpoint)
                }
                try await surroundings.timepiece.wait(wait)
            }
        }
    }

    /// The fault of an answer that says no.
    func fault(_ reply: S3Reply, _ act: S3Act) -> Fault {
        act.fault(reply, endpoint: endpoint, offset: learned.withLock { $0.offset })
    }

    /// One attempt, counted.
    private func attempt(
        _ request: S3Request,
        _ credentials: S3Credentials
    ) async -> Result<S3Reply, ExchangeFailure> {
        let kind = request.query.contains { $0.name == "list-type" } ? "LIST" : request.method
        traffic.withLock { $0.requests[kind, default: 0] += 1 }
        let signed = endpoint.sign(request, credentials, at: surroundings.clock.now())
        do throws(ExchangeFailure) {
            let reply = try await connection.send(
                request.method,
                signed.url,
                headers: signed.headers,
                body: request.body,
                limit: request.replyLimit
            )
            traffic.withLock { traffic in
                traffic.sent += ByteCount(request.body.count)
                traffic.received += ByteCount(reply.body.count)
            }
            learn(from: reply)
            return .success(reply)
        } catch {
            return .failure(error)
        }
    }

    private func pause(
        _ schedule: inout RetrySchedule,
        _ failure: RetrySchedule.Failure,
        since started: Duration,
        asked: Duration?
    ) -> Duration? {
        let passed = surroundings.timepiece.passed() - started
        return generator.withLock { generator in
            schedule.wait(after: failure, passed: passed, asked: asked, using: &generator)
        }
    }

    /// Whether a refusal of `HEAD` may mean several things.
    private func lacksReason(_ reply: S3Reply) -> Bool {
        switch reply.status {
        case 404: !learned.withLock { $0.hasSeenBucket }
        case 400..<500: true
        default: false
        }
    }

    private func learn(from reply: S3Reply) {
        let isThere = reply.isSuccess || S3ErrorReply(reply).code == "NoSuchKey"
        let date = reply["date"].flatMap(HTTPDate.parse)
        let now = surroundings.clock.now()
        learned.withLock { learned in
            learned.hasSeenBucket = learned.hasSeenBucket || isThere
            if let date { learned.offset = date - now }
        }
    }

    private func retryAfter(_ reply: S3Reply) -> Duration? {
        guard let text = reply["retry-after"] else { return nil }
        if let seconds = Int64(text), (0...86_400).contains(seconds) { return .seconds(seconds) }
        return HTTPDate.parse(text).map { max(.zero, $0 - serverTime) }
    }
}

extension ExchangeFailure {
    /// How the attempt failed; nil when another one would fail in the same way.
    fileprivate var kind: RetrySchedule.Failure? {
        switch self {
        case .unanswered: .unanswered
        case .broken: .broken
        case .untrusted, .tooLarge, .cancelled: nil
        }
    }
}
