import Model

/// What the headers of a reply tell about an object.
struct S3ObjectFacts: Sendable, Equatable {
    let bytes: Int64
    let modified: Instant
    let tag: String?
    /// The Base64 of the SHA-256 of the whole, where the server keeps it.
    let checksum: String?
    let storageClass: String?
    let lockedUntil: Instant?
    let version: String?
    let hasLegalHold: Bool
    /// `ongoing-request="true"` and the like; nil when nobody asked to thaw it.
    let restore: String?

    /// Reads the reply to a `HEAD`, or to the `GET` of one byte in its place.
    ///
    /// - Throws: ``MalformedReply`` when length or time is missing.
    init(_ reply: S3Reply) throws(MalformedReply) {
        let total = reply["content-range"]?.split(separator: "/").last.flatMap { Int64($0) }
        guard let bytes = total ?? reply.contentLength else {
            throw MalformedReply("it does not tell the length")
        }
        guard let modified = reply["last-modified"].flatMap(HTTPDate.parse) else {
            throw MalformedReply("it does not tell when the object was stored")
        }
        self.bytes = bytes
        self.modified = modified
        tag = reply["etag"].map(ETag.plain)
        checksum =
            reply["x-amz-checksum-type"] == "COMPOSITE" ? nil : reply["x-amz-checksum-sha256"]
        storageClass = reply["x-amz-storage-class"]
        lockedUntil = reply["x-amz-object-lock-retain-until-date"].flatMap { Instant(rfc3339: $0) }
        version = reply["x-amz-version-id"]
        hasLegalHold = reply["x-amz-object-lock-legal-hold"] == "ON"
        restore = reply["x-amz-restore"]
    }
}
