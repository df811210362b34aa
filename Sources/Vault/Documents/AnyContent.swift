/// What a reader takes of a document that it only verifies, beyond its author: nothing.
struct AnyContent: Codable, Sendable {}
