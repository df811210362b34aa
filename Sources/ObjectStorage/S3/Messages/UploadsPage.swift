package import Model

/// One reply of `ListMultipartUploads`: uploads in parts that were begun and neither finished nor given up.
package struct UploadsPage: Sendable, Equatable {
    /// One of them.
    package struct Item: Sendable, Equatable {
        /// The key that it is for.
        package let key: String
        /// What the server calls it.
        package let id: String
        /// When it was begun.
        package let begun: Instant
    }

    /// Where a page begins.
    package struct Next: Sendable, Equatable {
        /// The key.
        package let key: String
        /// The upload of it, after which it goes on.
        package let upload: String?
    }

    /// The uploads.
    package let items: [Item]
    /// Where the next page begins; nil after the last one.
    package let next: Next?

    /// Reads a reply.
    ///
    /// - Throws: ``MalformedReply`` unless it is complete and says whether more follows.
    package init(_ body: [UInt8]) throws(MalformedReply) {
        let document = try XMLElement(parsing: body)
        guard document.name == "ListMultipartUploadsResult" else {
            throw MalformedReply("it is '\(document.name)' and no list of uploads")
        }
        let isEncoded = document["EncodingType"] == "url"
        var items: [Item] = []
        for element in document.children where element.name == "Upload" {
            guard let begun = Instant(rfc3339: try element.required("Initiated")) else {
                throw MalformedReply("the time of an upload makes no sense in it")
            }
            items.append(
                Item(
                    key: try ListingPage.Item.key(element, isEncoded: isEncoded),
                    id: try element.required("UploadId"),
                    begun: begun
                )
            )
        }
        self.items = items
        // Some servers give everything at once and say nothing about it.
        guard document["IsTruncated"] != nil, try document.flag("IsTruncated") else {
            next = nil
            return
        }
        let key = try document.required("NextKeyMarker")
        guard let decoded = isEncoded ? PercentEncoding.decode(key) : key else {
            throw MalformedReply("a key makes no sense in it")
        }
        next = Next(key: decoded, upload: document["NextUploadIdMarker"])
    }
}
