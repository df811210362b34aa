import Foundation
import Synchronization

/// A server between a client and an S3 server on loopback that passes requests on, and misbehaves by script.
public final class FaultyProxy: Sendable {
    /// How the answer to one request misbehaves.
    public enum Misbehaviour: Sendable {
        /// The connection is reset before the request is passed on.
        case refuse
        /// The connection is reset after so many bytes of the request's body; nothing is passed on.
        case refuseBody(after: Int)
        /// Another answer is given, and nothing is passed on.
        case answer(Int, headers: [String: String] = [:], body: String = "")
        /// The request is passed on, and another answer is given.
        case answerAfterwards(Int, body: String = "")
        /// The connection is reset after the request was passed on.
        case loseReply
        /// The connection is closed after so many bytes of the reply's body.
        case cutReply(after: Int)
        /// Only so many bytes of the reply's body are there, and its length agrees.
        case shortenReply(to: Int)
        /// The reply's body comes a byte at a time, so many milliseconds apart.
        case trickle(milliseconds: UInt32)
        /// No answer comes for so many milliseconds, then the connection is closed.
        case silence(milliseconds: UInt32)
        /// One text of the reply's body is another.
        case replace(String, with: String)
    }

    /// Which requests misbehave, and how.
    public struct Rule: Sendable {
        let method: String
        let text: String
        let misbehaviour: Misbehaviour
        var skipped: Int
        var times: Int

        /// Lets so many requests of a method whose target holds a text misbehave, after some that do not.
        public init(
            _ method: String,
            _ text: String = "",
            skip skipped: Int = 0,
            times: Int = 1,
            _ misbehaviour: Misbehaviour
        ) {
            self.method = method
            self.text = text
            self.skipped = skipped
            self.times = times
            self.misbehaviour = misbehaviour
        }
    }

    private struct State {
        var rules: [Rule]
        var requests: [String] = []
        var connections = 0
        var mostConnections = 0
    }

    /// Where it listens on loopback.
    public let port: UInt16
    private let socket: LoopbackSocket
    private let upstream: UInt16
    private let state: Mutex<State>

    /// Starts one in front of a port.
    public init(upstream: UInt16, _ rules: [Rule] = []) {
        guard let (socket, port) = LoopbackSocket.listening() else {
            preconditionFailure("a test has a free port")
        }
        (self.socket, self.port, self.upstream) = (socket, port, upstream)
        state = Mutex(State(rules: rules))
        Thread.detachNewThread { [weak self] in
            while let connection = socket.accepted() {
                guard let self else { return connection.close() }
                Thread.detachNewThread { self.serve(connection) }
            }
            socket.close()
        }
    }

    deinit { socket.shutDown() }

    /// Every request so far: the method, a space, and the target.
    public var requests: [String] { state.withLock { $0.requests } }

    /// The most connections that were open at a time.
    public var mostConnections: Int { state.withLock { $0.mostConnections } }

    /// Replaces the rules, and forgets the requests so far.
    public func follow(_ rules: [Rule]) {
        state.withLock { state in
            state.rules = rules
            state.requests = []
        }
    }

    private func serve(_ connection: LoopbackSocket) {
        state.withLock { state in
            state.connections += 1
            state.mostConnections = max(state.mostConnections, state.connections)
        }
        var isOpen = true
        // The client may make its next connection before this thread goes on.
        let leave = {
            guard isOpen else { return }
            isOpen = false
            self.state.withLock { $0.connections -= 1 }
        }
        let exchange = ProxyExchange(client: connection, upstream: upstream, leave: leave)
        exchange.run { method, target in note(method, target) }
        leave()
    }

    /// Writes a request down; how it should misbehave.
    private func note(_ method: String, _ target: String) -> Misbehaviour? {
        state.withLock { state in
            state.requests.append("\(method) \(target)")
            for index in state.rules.indices
            where state.rules[index].times > 0 && state.rules[index].method == method
                && (state.rules[index].text.isEmpty || target.contains(state.rules[index].text))
            {
                if state.rules[index].skipped > 0 {
                    state.rules[index].skipped -= 1
                    continue
                }
                state.rules[index].times -= 1
                return state.rules[index].misbehaviour
            }
            return nil
        }
    }
}
