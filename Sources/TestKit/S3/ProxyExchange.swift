import Foundation

/// One request that goes through ``FaultyProxy`` and its answer; every connection carries one.
struct ProxyExchange {
    let client: LoopbackSocket
    let upstream: UInt16
    /// Is called before the client can tell that the connection is of no more use.
    let leave: () -> Void

    private struct Message {
        var lines: [String]
        var body: [UInt8]

        func header(_ name: String) -> String? {
            lines.dropFirst().first { $0.lowercased().hasPrefix("\(name):") }
                .map { String($0.dropFirst(name.count + 1).drop { $0 == " " }) }
        }

        var bytes: [UInt8] {
            Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
        }
    }

    /// Takes the request in, asks how to misbehave, and answers.
    func run(_ note: (String, String) -> FaultyProxy.Misbehaviour?) {
        guard let (head, rest) = Self.head(from: client, []) else { return client.close() }
        let words = (head.first ?? "").split(separator: " ").map(String.init)
        guard words.count == 3 else { return client.close() }
        let misbehaviour = note(words[0], words[1])
        var request = Message(lines: head, body: rest)
        let length = request.header("content-length").flatMap { Int($0) } ?? 0
        if case .refuse? = misbehaviour { return client.reset() }
        while request.body.count < length {
            if case .refuseBody(let limit)? = misbehaviour, request.body.count >= limit {
                return client.reset()
            }
            let more = client.receive()
            guard !more.isEmpty else { return client.close() }
            request.body += more
        }
        switch misbehaviour {
        case .refuseBody: return client.reset()
        case .answer(let status, let headers, let body)?:
            return finish(answer(status, headers, body))
        case .silence(let milliseconds)?:
            usleep(milliseconds * 1000)
            return client.close()
        default: break
        }
        guard let reply = passOn(request, isHead: words[0] == "HEAD") else {
            return client.reset()
        }
        answer(reply, misbehaviour)
    }

    private func answer(_ reply: Message, _ misbehaviour: FaultyProxy.Misbehaviour?) {
        switch misbehaviour {
        case .loseReply?: client.reset()
        case .answerAfterwards(let status, let body)?: finish(answer(status, [:], body))
        case .cutReply(let count)?:
            client.send(reply.bytes.dropLast(max(0, reply.body.count - count)))
            client.close()
        case .shortenReply(let count)?:
            var short = reply
            short.body = Array(reply.body.prefix(count))
            finish(sized(short))
        case .replace(let text, let other)?:
            var changed = reply
            let body = String(decoding: reply.body, as: UTF8.self)
            changed.body = Array(body.replacingOccurrences(of: text, with: other).utf8)
            finish(sized(changed))
        case .trickle(let milliseconds)?:
            client.send(reply.bytes.dropLast(reply.body.count))
            for byte in reply.body {
                guard client.send([byte]) else { break }
                usleep(milliseconds * 1000)
            }
            client.close()
        default: finish(reply)
        }
    }

    private func finish(_ message: Message) {
        let bytes = message.bytes
        client.send(bytes.dropLast())
        leave()
        client.send(bytes.suffix(1))
        client.close()
    }

    private func answer(
        _ status: Int,
        _ headers: [String: String],
        _ body: String
    ) -> Message {
        var lines = ["HTTP/1.1 \(status) Because", "Content-Length: \(body.utf8.count)"]
        lines += headers.map { "\($0.key): \($0.value)" } + ["Connection: close"]
        return Message(lines: lines, body: Array(body.utf8))
    }

    private func sized(_ message: Message) -> Message {
        var message = message
        message.lines.removeAll { $0.lowercased().hasPrefix("content-length:") }
        message.lines.append("Content-Length: \(message.body.count)")
        return message
    }

    /// The upstream's reply with its body in one piece.
    private func passOn(_ request: Message, isHead: Bool) -> Message? {
        guard let server = LoopbackSocket.connected(to: upstream) else { return nil }
        defer { server.close() }
        var request = request
        request.lines.removeAll { $0.lowercased().hasPrefix("connection:") }
        request.lines.append("Connection: close")
        guard server.send(request.bytes[...]), var (head, rest) = Self.head(from: server, [])
        else { return nil }
        // An interim answer stands before the real one.
        while head.first?.contains(" 100 ") ?? false {
            guard let next = Self.head(from: server, rest) else { return nil }
            (head, rest) = next
        }
        while true {
            let more = server.receive()
            if more.isEmpty { break }
            rest += more
        }
        var reply = Message(lines: head, body: isHead ? [] : rest)
        if reply.header("transfer-encoding")?.lowercased() == "chunked" {
            reply.body = Self.joined(reply.body)
            reply.lines.removeAll { $0.lowercased().hasPrefix("transfer-encoding:") }
            reply = sized(reply)
        }
        reply.lines.removeAll { $0.lowercased().hasPrefix("connection:") }
        reply.lines.append("Connection: close")
        return reply
    }

    /// The lines of a head, and what came after it.
    private static func head(
        from socket: LoopbackSocket,
        _ received: [UInt8]
    ) -> (lines: [String], rest: [UInt8])? {
        var bytes = received
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let range = bytes.firstRange(of: end) {
                let text = String(decoding: bytes[..<range.lowerBound], as: UTF8.self)
                return (text.components(separatedBy: "\r\n"), Array(bytes[range.upperBound...]))
            }
            let more = socket.receive()
            guard !more.isEmpty else { return nil }
            bytes += more
        }
    }

    private static func joined(_ chunks: [UInt8]) -> [UInt8] {
        var rest = chunks[...]
        var body: [UInt8] = []
        while let end = rest.firstRange(of: Array("\r\n".utf8)) {
            let size = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16) ?? 0
            if size == 0 { break }
            body += rest[end.upperBound...].prefix(size)
            rest = rest[end.upperBound...].dropFirst(size + 2)
        }
        return body
    }
}
