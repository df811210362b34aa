/// What we ask of a server, before it is signed.
struct S3Request: Sendable {
    /// `GET`, `PUT` and so on.
    var method: String
    /// The whole key; nil for the bucket itself.
    var key: String?
    /// Names and values, not encoded.
    var query: [(name: String, value: String)] = []
    /// Headers beside those that signing adds.
    var headers: [(name: String, value: String)] = []
    /// The body.
    var body = UploadPart()
    /// The most bytes that a successful reply may have.
    var replyLimit = 1 << 20

    init(_ method: String, _ key: String?) {
        self.method = method
        self.key = key
    }

    /// Sets a header in place of one that may be there.
    mutating func set(_ name: String, _ value: String?) {
        headers.removeAll { $0.name == name }
        if let value { headers.append((name, value)) }
    }
}
