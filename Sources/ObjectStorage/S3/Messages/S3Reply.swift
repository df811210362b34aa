/// What a server answered.
package struct S3Reply: Sendable, Equatable {
    /// The status of HTTP.
    package let status: Int
    /// The headers by their lower-case names.
    package let headers: [String: String]
    /// The body, as far as it was wanted.
    package let body: [UInt8]

    /// Puts one together.
    package init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Whether the server did what it was asked.
    var isSuccess: Bool { (200..<300).contains(status) }

    /// A header by its lower-case name.
    subscript(name: String) -> String? { headers[name] }

    /// The length of the object that a header names; nil without one that makes sense.
    var contentLength: Int64? {
        headers["content-length"].flatMap(Int64.init).flatMap { $0 < 0 ? nil : $0 }
    }
}
