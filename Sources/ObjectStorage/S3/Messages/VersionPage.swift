package import Model

/// One reply of `ListObjectVersions`.
package struct VersionPage: Sendable, Equatable {
    /// One version of a key, or a mark that says that it was deleted.
    package struct Item: Sendable, Equatable {
        /// The key.
        package let key: String
        /// What the server calls the version.
        package let id: String
        /// Its length.
        package let bytes: Int64
        /// When it was stored.
        package let modified: Instant
        /// Whether a read without a version gets it.
        package let isLatest: Bool
        /// Whether it only says that the key was deleted.
        package let isMarker: Bool
    }

    /// The versions, newest first for each key.
    package let items: [Item]
    /// The key and the version where the next page begins; nil after the last one.
    package let next: Next?

    /// Where a page begins.
    package struct Next: Sendable, Equatable {
        /// The key.
        package let key: String
        /// The version of it, after which it goes on.
        package let version: String?

        /// Names a place.
        package init(key: String, version: String?) {
            self.key = key
            self.version = version
        }
    }

    /// Reads a reply.
    ///
    /// - Throws: ``MalformedReply`` unless it is complete and says whether more follows.
    package init(_ body: [UInt8]) throws(MalformedReply) {
        let document = try XMLElement(parsing: body)
        guard document.name == "ListVersionsResult" else {
            throw MalformedReply("it is '\(document.name)' and no list of versions")
        }
        let isEncoded = document["EncodingType"] == "url"
        var items: [Item] = []
        for element in document.children
        where element.name == "Version" || element.name == "DeleteMarker" {
            let isMarker = element.name == "DeleteMarker"
            guard let modified = Instant(rfc3339: try element.required("LastModified")),
                let bytes = isMarker ? 0 : Int64(try element.required("Size"))
            else { throw MalformedReply("the size or the time of a version makes no sense in it") }
            items.append(
                Item(
                    key: try ListingPage.Item.key(element, isEncoded: isEncoded),
                    id: try element.required("VersionId"),
                    bytes: bytes,
                    modified: modified,
                    isLatest: try element.flag("IsLatest"),
                    isMarker: isMarker
                )
            )
        }
        self.items = items
        guard try document.flag("IsTruncated") else {
            next = nil
            return
        }
        let key = try document.required("NextKeyMarker")
        guard let decoded = isEncoded ? PercentEncoding.decode(key) : key else {
            throw MalformedReply("a key makes no sense in it")
        }
        next = Next(key: decoded, version: document["NextVersionIdMarker"])
    }
}
