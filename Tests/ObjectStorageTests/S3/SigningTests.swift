import Model
import ObjectStorage
import Testing

/// AWS' published vectors: the examples of the S3 documentation, and of the suite `aws4_testsuite`.
@Suite struct SigningTests {
    private static let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    private static func documented(
        _ method: String,
        _ path: String,
        query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [],
        body: String = ""
    ) -> (SignatureV4, CanonicalRequest) {
        let credentials = S3Credentials(
            accessKey: "AKIAIOSFODNN7EXAMPLE",
            secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
        )
        let signature = SignatureV4(
            credentials,
            region: "us-east-1",
            at: Instant(seconds: 1_369_353_600)
        )
        let hash = SignatureV4.hash(body.utf8)
        let request = CanonicalRequest(
            method: method,
            path: path,
            query: query,
            headers: headers + [
                ("Host", "examplebucket.s3.amazonaws.com"), ("x-amz-date", "20130524T000000Z"),
                ("x-amz-content-sha256", hash),
            ],
            payloadHash: hash
        )
        return (signature, request)
    }

    @Test func `getting an object, as S3's documentation does it`() {
        let (signature, request) = Self.documented(
            "GET",
            "/test.txt",
            headers: [("Range", "bytes=0-9")]
        )
        #expect(
            request.text == """
                GET
                /test.txt

                host:examplebucket.s3.amazonaws.com
                range:bytes=0-9
                x-amz-content-sha256:\(Self.empty)
                x-amz-date:20130524T000000Z

                host;range;x-amz-content-sha256;x-amz-date
                \(Self.empty)
                """
        )
        #expect(
            signature.stringToSign(request) == """
                AWS4-HMAC-SHA256
                20130524T000000Z
                20130524/us-east-1/s3/aws4_request
                7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972
                """
        )
        #expect(
            signature.authorization(request)
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
                + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        )
    }

    @Test func `putting an object, as S3's documentation does it`() {
        let (signature, request) = Self.documented(
            "PUT",
            "/test$file.text",
            headers: [
                ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
                ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ],
            body: "Welcome to Amazon S3."
        )
        #expect(request.encodedPath == "/test%24file.text")
        #expect(
            signature.signature(request)
                == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
        )
    }

    @Test func `asking for a lifecycle, as S3's documentation does it`() {
        let (signature, request) = Self.documented("GET", "/", query: [("lifecycle", "")])
        #expect(
            signature.signature(request)
                == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        )
    }

    @Test func `listing objects, as S3's documentation does it`() {
        let (signature, request) = Self.documented(
            "GET",
            "/",
            query: [("prefix", "J"), ("max-keys", "2")]
        )
        #expect(request.encodedQuery == "max-keys=2&prefix=J")
        #expect(
            signature.signature(request)
                == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        )
    }

    /// One vector of `aws4_testsuite`.
    struct Vector: Sendable, CustomStringConvertible {
        let description: String
        var method = "GET"
        var path = "/"
        var query: [(name: String, value: String)] = []
        var headers: [(name: String, value: String)] = []
        var body = ""
        let signature: String
    }

    static let suite: [Vector] = [
        Vector(
            description: "get-vanilla",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        ),
        Vector(
            description: "get-vanilla-query-order-key-case",
            query: [("Param2", "value2"), ("Param1", "value1")],
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
        ),
        Vector(
            description: "get-unreserved",
            path: "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            signature: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"
        ),
        Vector(
            description: "get-utf8",
            path: "/\u{1234}",
            signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"
        ),
        Vector(
            description: "get-header-value-trim",
            headers: [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
            signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"
        ),
        Vector(
            description: "post-vanilla",
            method: "POST",
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
        ),
        Vector(
            description: "post-header-key-sort",
            method: "POST",
            headers: [("My-Header1", "value1")],
            signature: "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"
        ),
        Vector(
            description: "post-x-www-form-urlencoded",
            method: "POST",
            headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: "Param1=value1",
            signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
        ),
    ]

    @Test(arguments: suite)
    func `the vectors of the suite come out`(vector: Vector) {
        let credentials = S3Credentials(
            accessKey: "AKIDEXAMPLE",
            secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
        )
        let signature = SignatureV4(
            credentials,
            region: "us-east-1",
            service: "service",
            at: Instant(seconds: 1_440_938_160)
        )
        let request = CanonicalRequest(
            method: vector.method,
            path: vector.path,
            query: vector.query,
            headers: vector.headers + [
                ("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z"),
            ],
            payloadHash: SignatureV4.hash(vector.body.utf8)
        )
        #expect(signature.signature(request) == vector.signature)
    }

    @Test(arguments: [
        ("a b+c", "a%20b%2Bc"), ("~-_.", "~-_."), ("/", "%2F"), ("é", "%C3%A9"), ("%", "%25"),
    ])
    func `texts are encoded as S3 wants it, and come back`(text: String, encoded: String) {
        #expect(PercentEncoding.encode(text) == encoded)
        #expect(PercentEncoding.decode(encoded) == text)
        #expect(PercentEncoding.decode("a+b") == "a b")
        for bad in ["%", "%4", "%zz", "%ff"] { #expect(PercentEncoding.decode(bad) == nil) }
    }

    @Test func `printing credentials shows no secret`() {
        let credentials = S3Credentials(
            accessKey: "AKID",
            secretKey: "hush-hush",
            sessionToken: "psst"
        )
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), dumped] {
            #expect(text.contains("AKID"))
            #expect(!text.contains("hush") && !text.contains("psst"))
        }
    }
}
