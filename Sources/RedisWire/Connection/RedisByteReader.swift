import Model
import NIOCore
import NIOSSL
import NIOTLS

/// The end of a channel's pipeline: hands out what arrives only when it is asked for.
///
/// Reading from the socket is off until somebody waits, so a slow consumer slows the server down
/// instead of filling memory. Everything here happens on the channel's event loop, which is why it
/// is safe without locks.
final class RedisByteReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// Some bytes; nil when the server has ended the connection.
    typealias Arrival = ByteBuffer?

    private var context: ChannelHandlerContext?
    private var arrived: [ByteBuffer] = []
    private var waiting: EventLoopPromise<Arrival>?
    private var timeout: Scheduled<Void>?
    /// Whoever waits for TLS to be agreed on.
    private var securing: EventLoopPromise<Void>?
    private var failure: (any Error)?
    private var isClosed = false

    /// The next bytes, also those that came before the end; fails with `TimedOut` when none come in
    /// time.
    func next(within limit: TimeAmount, on loop: any EventLoop) -> EventLoopFuture<Arrival> {
        precondition(waiting == nil, "one reader at a time")
        if !arrived.isEmpty { return loop.makeSucceededFuture(arrived.removeFirst()) }
        if let failure { return loop.makeFailedFuture(failure) }
        guard let context, !isClosed else { return loop.makeSucceededFuture(nil) }
        let promise = loop.makePromise(of: Arrival.self)
        waiting = promise
        timeout = loop.assumeIsolated().scheduleTask(in: limit) {
            self.settle(.failure(TimedOut()))
        }
        context.read()
        return promise.futureResult
    }

    /// Waits until TLS is agreed on; fails with what prevents that, and with `TimedOut`.
    func secured(within limit: TimeAmount, on loop: any EventLoop) -> EventLoopFuture<Void> {
        if let failure { return loop.makeFailedFuture(failure) }
        guard let context, !isClosed else {
            return loop.makeFailedFuture(ChannelError.alreadyClosed)
        }
        let promise = loop.makePromise(of: Void.self)
        securing = promise
        timeout = loop.assumeIsolated().scheduleTask(in: limit) {
            self.endSecuring(.failure(TimedOut()))
        }
        // Nothing is read before somebody asks; the handshake's own reads follow from this one.
        context.read()
        return promise.futureResult
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event {
            endSecuring(.success(()))
        }
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        end()
    }

    /// Asks again: what is asked for before the channel is registered is forgotten.
    func channelActive(context: ChannelHandlerContext) {
        if waiting != nil { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        if waiting == nil { arrived.append(buffer) } else { settle(.success(buffer)) }
    }

    /// Asks again when a read brought nothing.
    func channelReadComplete(context: ChannelHandlerContext) {
        if waiting != nil { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Redis ends TLS without a farewell. Nothing here takes an end for a whole: replies and
        // RDBs say themselves where they end.
        guard error as? NIOSSLError != .uncleanShutdown else { return end() }
        failure = error
        endSecuring(.failure(error))
        settle(.failure(error))
        context.close(promise: nil)
    }

    private func end() {
        isClosed = true
        endSecuring(.failure(ChannelError.eof))
        settle(.success(nil))
    }

    private func endSecuring(_ result: Result<Void, any Error>) {
        guard let promise = securing else { return }
        timeout?.cancel()
        timeout = nil
        securing = nil
        promise.completeWith(result)
    }

    private func settle(_ result: Result<Arrival, any Error>) {
        timeout?.cancel()
        timeout = nil
        let promise = waiting
        waiting = nil
        promise?.completeWith(result)
    }

    /// No byte came in time.
    struct TimedOut: Error {}
}
