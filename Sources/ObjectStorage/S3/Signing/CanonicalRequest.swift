/// A request in the one form that both sides of a signature compute (AWS Signature Version 4).
package struct CanonicalRequest: Sendable, Equatable {
    /// `GET`, `PUT` and so on.
    package var method: String
    /// The path, not encoded, from its `/` on.
    package var path: String
    /// Names and values, not encoded, in any order.
    package var query: [(name: String, value: String)]
    /// All headers that are signed, `host` among them, in any order.
    package var headers: [(name: String, value: String)]
    /// The hexadecimal SHA-256 of the body.
    package var payloadHash: String

    /// Puts one together.
    package init(
        method: String,
        path: String,
        query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)],
        payloadHash: String
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.payloadHash = payloadHash
    }

    /// The query as it stands in the URL too: encoded, sorted.
    package var encodedQuery: String {
        query.map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }
            .sorted { $0 < $1 }
            .map { "\($0.0)=\($0.1)" }
            .joined(separator: "&")
    }

    /// The path as it stands in the URL too.
    package var encodedPath: String { PercentEncoding.encode(path, keepingSlash: true) }

    /// The names of the headers, sorted, with `;` in between.
    package var signedHeaders: String { sortedHeaders.map(\.name).joined(separator: ";") }

    /// The whole canonical request.
    package var text: String {
        var lines = [method, encodedPath, encodedQuery]
        lines += sortedHeaders.map { "\($0.name):\($0.value)" }
        lines += ["", signedHeaders, payloadHash]
        return lines.joined(separator: "\n")
    }

    /// Lower-case names with the values of each joined in the order in which they were given.
    private var sortedHeaders: [(name: String, value: String)] {
        var values: [String: [String]] = [:]
        for (name, value) in headers {
            let folded = value.split(separator: " ").joined(separator: " ")
            values[name.lowercased(), default: []].append(folded)
        }
        return values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.joined(separator: ",")) }
    }

    /// Equal when they sign the same.
    package static func == (left: Self, right: Self) -> Bool { left.text == right.text }
}
