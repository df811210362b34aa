import Model
import NIOCore
import NIOPosix
import Synchronization

/// A TCP port that waits for one server to come for its data.
final class RedisListener: Sendable {
    private struct Arrivals {
        var channels: [any Channel] = []
        var waiting: EventLoopPromise<any Channel>?
    }

    /// Nobody came in time.
    struct NobodyCame: Error {}

    private final class Queue: Sendable {
        private let arrivals = Mutex(Arrivals())

        func add(_ channel: any Channel) {
            let waiting = arrivals.withLock { arrivals in
                let waiting = arrivals.waiting
                arrivals.waiting = nil
                if waiting == nil { arrivals.channels.append(channel) }
                return waiting
            }
            waiting?.succeed(channel)
        }

        func next(
            within limit: TimeAmount,
            on loop: any EventLoop
        ) -> EventLoopFuture<any Channel> {
            let promise = loop.makePromise(of: (any Channel).self)
            let arrived = arrivals.withLock { arrivals -> (any Channel)? in
                guard arrivals.channels.isEmpty else { return arrivals.channels.removeFirst() }
                arrivals.waiting = promise
                return nil
            }
            if let arrived {
                promise.succeed(arrived)
            } else {
                loop.scheduleTask(in: limit) { self.giveUp() }
            }
            return promise.futureResult
        }

        func giveUp() {
            let waiting = arrivals.withLock { arrivals in
                let waiting = arrivals.waiting
                arrivals.waiting = nil
                return waiting
            }
            waiting?.fail(NobodyCame())
        }

        func closeAll() {
            for channel in arrivals.withLock({ $0.channels }) { channel.close(promise: nil) }
        }
    }

    /// The address and the port that it listens on.
    let host: String
    let port: Int
    private let channel: any Channel
    private let queue: Queue

    private init(_ channel: any Channel, _ queue: Queue, _ host: String) {
        self.channel = channel
        self.queue = queue
        self.host = host
        port = channel.localAddress?.port ?? 0
    }

    deinit {
        channel.close(promise: nil)
        queue.closeAll()
    }

    /// Listens on a free port of one address of this host.
    ///
    /// - Throws: `redisHandover`.
    static func listen(on host: String) async throws(Fault) -> RedisListener {
        let queue = Queue()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(RedisByteReader())
                    queue.add(child)
                }
            }
        do {
            return RedisListener(try await bootstrap.bind(host: host, port: 0).get(), queue, host)
        } catch {
            throw Fault(
                .redisHandover,
                "unable to listen at '\(host)' for the Redis server to fetch its data: "
                    + "\(NetworkReason(error))",
                hints: ["Name an address of this host that the server reaches: --listen ADDRESS"],
                cause: error
            )
        }
    }

    /// The next connection; nil when nobody came in time.
    ///
    /// - Throws: `redisClosed`, `cancelled`.
    func next(within limit: Duration) async throws(Fault) -> RedisTransport? {
        do {
            let channel = try await withTaskCancellationHandler {
                try await queue.next(within: TimeAmount(limit), on: self.channel.eventLoop).get()
            } onCancel: {
                queue.giveUp()
            }
            return try await RedisTransport.of(channel, .tcp(host: host, port: port))
        } catch {
            if Task.isCancelled {
                throw Fault(.cancelled, "unable to wait for the Redis server: cancelled")
            }
            if error is NobodyCame { return nil }
            throw RedisTransport.closed(
                .tcp(host: host, port: port),
                isSecured: false,
                cause: error
            )
        }
    }
}
