import Model

extension S3Endpoint {
    /// The URL and all headers of a request, `Authorization` among them.
    func sign(
        _ request: S3Request,
        _ credentials: S3Credentials,
        at now: Instant
    ) -> (url: String, headers: [(name: String, value: String)]) {
        let signature = SignatureV4(credentials, region: region, at: now)
        let hash = Hexadecimal.encode(request.body.digest)
        var headers = request.headers
        headers += [
            ("host", authority), ("x-amz-date", signature.time), ("x-amz-content-sha256", hash),
        ]
        if let token = credentials.sessionToken { headers.append(("x-amz-security-token", token)) }
        let canonical = CanonicalRequest(
            method: request.method,
            path: path(request.key),
            query: request.query,
            headers: headers,
            payloadHash: hash
        )
        headers.append(("authorization", signature.authorization(canonical)))
        let query = canonical.encodedQuery
        return (
            origin + canonical.encodedPath + (query.isEmpty ? "" : "?\(query)"), headers
        )
    }
}
