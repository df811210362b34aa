public import Model

/// A request with a signature that means nothing, for servers that do not look at it: what somebody does behind a
/// store's back.
public enum PlainRequest {
    /// Sends it to a port of loopback and gives the whole reply.
    ///
    /// - Throws: `E-TEST-POSTGRES` when nothing is there or the reply is no success.
    @discardableResult
    public static func send(
        _ method: String,
        _ target: String,
        _ body: [UInt8] = [],
        port: UInt16
    ) throws(Fault) -> String {
        guard let socket = LoopbackSocket.connected(to: port) else {
            throw Fault(.testServer, "unable to ask port \(port): nothing is there")
        }
        defer { socket.close() }
        let head =
            "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
            + "Authorization: AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request, "
            + "SignedHeaders=host, Signature=0\r\n"
            + "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n"
        socket.send((Array(head.utf8) + body)[...])
        var reply: [UInt8] = []
        while true {
            let more = socket.receive()
            if more.isEmpty { break }
            reply += more
        }
        let text = String(decoding: reply, as: UTF8.self)
        guard text.hasPrefix("HTTP/1.1 2") else {
            throw Fault(.testServer, "unable to \(method) '\(target)': \(text)")
        }
        return text
    }
}
