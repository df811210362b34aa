/// A numbered document as one JSON object: its author's keys and its own.
struct DocumentText<Content: Codable>: Codable {
    let author: DocumentAuthor
    let content: Content

    init(author: DocumentAuthor, content: Content) {
        self.author = author
        self.content = content
    }

    init(from decoder: any Decoder) throws {
        author = try DocumentAuthor(from: decoder)
        content = try Content(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
        try author.encode(to: encoder)
        try content.encode(to: encoder)
    }
}
