import Crypto
package import Model

/// AWS Signature Version 4: proves to a server that the request comes from who has the secret key.
///
/// ```
/// key       = HMAC(HMAC(HMAC(HMAC("AWS4" + secret, day), region), service), "aws4_request")
/// to sign   = "AWS4-HMAC-SHA256" \n time \n day/region/service/aws4_request \n SHA-256(canonical request)
/// signature = hexadecimal HMAC(key, to sign)
/// ```
package struct SignatureV4: Sendable {
    let credentials: S3Credentials
    let region: String
    let service: String
    /// The time of signing, such as `20130524T000000Z`.
    let time: String

    /// Signs with some credentials at some time.
    package init(
        _ credentials: S3Credentials,
        region: String,
        service: String = "s3",
        at time: Instant
    ) {
        self.credentials = credentials
        self.region = region
        self.service = service
        self.time = Self.text(of: time)
    }

    /// A moment as the header `x-amz-date` gives it.
    package static func text(of time: Instant) -> String {
        time.rfc3339(digits: 0).filter { $0 != "-" && $0 != ":" }
    }

    /// The lower-case hexadecimal SHA-256 of some bytes.
    package static func hash(_ bytes: some Sequence<UInt8>) -> String {
        Hexadecimal.encode(SHA256.hash(data: Array(bytes)))
    }

    private var scope: String { "\(time.prefix(8))/\(region)/\(service)/aws4_request" }

    /// What is signed.
    package func stringToSign(_ request: CanonicalRequest) -> String {
        ["AWS4-HMAC-SHA256", time, scope, Self.hash(request.text.utf8)].joined(separator: "\n")
    }

    /// The signature of a request, hexadecimal.
    package func signature(_ request: CanonicalRequest) -> String {
        var key = SymmetricKey(data: Array("AWS4\(credentials.secretKey)".utf8))
        for part in [String(time.prefix(8)), region, service, "aws4_request"] {
            key = SymmetricKey(data: Self.code(part, key))
        }
        return Hexadecimal.encode(Self.code(stringToSign(request), key))
    }

    /// The value of the header `Authorization`.
    package func authorization(_ request: CanonicalRequest) -> String {
        "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), "
            + "SignedHeaders=\(request.signedHeaders), Signature=\(signature(request))"
    }

    private static func code(
        _ text: String,
        _ key: SymmetricKey
    ) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
    }
}
