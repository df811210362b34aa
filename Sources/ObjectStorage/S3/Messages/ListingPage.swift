package import Model

/// One reply of `ListObjectsV2`: up to a thousand keys, and where to go on.
package struct ListingPage: Sendable, Equatable {
    /// A key of the bucket and what is known about it.
    package struct Item: Sendable, Equatable {
        /// The key.
        package let key: String
        /// Its length.
        package let bytes: Int64
        /// When it was stored.
        package let modified: Instant
        /// What tells its content from another.
        package let tag: String?
        /// Its class of storage.
        package let storageClass: String?
    }

    /// The keys, in the server's order.
    package let items: [Item]
    /// Where the next page begins; nil after the last one.
    package let next: String?

    /// Reads a reply.
    ///
    /// - Throws: ``MalformedReply`` unless it is complete and says whether more follows.
    package init(_ body: [UInt8]) throws(MalformedReply) {
        let document = try XMLElement(parsing: body)
        guard document.name == "ListBucketResult" else {
            throw MalformedReply("it is '\(document.name)' and no listing")
        }
        let isEncoded = document["EncodingType"] == "url"
        var items: [Item] = []
        for element in document.children where element.name == "Contents" {
            items.append(try Item(element, isEncoded: isEncoded))
        }
        if let count = document["KeyCount"].flatMap({ Int($0) }), count != items.count,
            !document.children.contains(where: { $0.name == "CommonPrefixes" })
        {
            throw MalformedReply("it announces \(count) keys and has \(items.count)")
        }
        self.items = items
        guard try document.flag("IsTruncated") else {
            next = nil
            return
        }
        next = try document.required("NextContinuationToken")
    }
}

extension ListingPage.Item {
    /// Reads one `Contents`.
    init(_ element: XMLElement, isEncoded: Bool) throws(MalformedReply) {
        key = try Self.key(element, isEncoded: isEncoded)
        guard let bytes = Int64(try element.required("Size")), bytes >= 0,
            let modified = Instant(rfc3339: try element.required("LastModified"))
        else { throw MalformedReply("the size or the time of '\(key)' makes no sense in it") }
        self.bytes = bytes
        self.modified = modified
        tag = element["ETag"].map(ETag.plain)
        storageClass = element["StorageClass"]
    }

    static func key(
        _ element: XMLElement,
        isEncoded: Bool
    ) throws(MalformedReply) -> String {
        let text = try element.required("Key")
        guard let key = isEncoded ? PercentEncoding.decode(text) : text, !key.isEmpty else {
            throw MalformedReply("a key makes no sense in it")
        }
        return key
    }
}
