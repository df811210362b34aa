import Model

/// Why a server refuses: the `Error` document of S3, or what can be told from the status alone.
struct S3ErrorReply: Sendable, Equatable {
    /// The status of HTTP.
    let status: Int
    /// The code of S3, such as `NoSuchKey`; empty when the server gave none.
    let code: String
    /// The server's words for people.
    let message: String
    /// The region that the server would have us sign for.
    let region: String?
    /// The storage class of an object that must be thawed first.
    let storageClass: String?

    /// Takes what a reply says; a body that is no such document is taken for none.
    init(_ reply: S3Reply) {
        status = reply.status
        var document: XMLElement?
        do throws(MalformedReply) {
            document = try XMLElement(parsing: reply.body)
        } catch {
            // Proxies and balancers answer in HTML; the status has to do.
        }
        let error = document?.name == "Error" ? document : nil
        code = Self.plain(error?["Code"] ?? "", limit: 100)
        message = Self.plain(error?["Message"] ?? "", limit: 300)
        region = error?["Region"] ?? reply["x-amz-bucket-region"]
        storageClass = error?["StorageClass"]
    }

    /// What the server said, as the end of a sentence.
    var words: String {
        let text = message.hasSuffix(".") ? String(message.dropLast()) : message
        return switch (code.isEmpty, text.isEmpty) {
        case (false, false): "the server says \(code): \(text)"
        case (false, true): "the server says \(code)"
        default: "the server answers with status \(status)"
        }
    }

    private static func plain(_ text: String, limit: Int) -> String {
        String(
            text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(limit).map(
                Character.init
            )
        )
    }
}
