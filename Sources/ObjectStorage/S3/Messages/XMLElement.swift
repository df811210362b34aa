/// One element of a server's reply: its text and the elements in it; attributes carry nothing there.
package struct XMLElement: Equatable {
    /// Its name without a namespace.
    package let name: String
    /// Its own text, joined.
    package var text = ""
    /// What is in it, in order.
    package var children: [XMLElement] = []

    init(_ name: String) { self.name = name }

    /// Reads a whole document.
    ///
    /// - Throws: ``MalformedReply`` for anything that is not one complete element, or that S3 has no use for.
    package init(parsing bytes: [UInt8]) throws(MalformedReply) {
        var reader = XMLReader(bytes)
        self = try reader.document()
    }

    /// The text of the first element of a name in it; nil when there is none.
    package subscript(name: String) -> String? { children.first { $0.name == name }?.text }

    /// The text of the first element of a name in it.
    ///
    /// - Throws: ``MalformedReply`` when there is none.
    func required(_ name: String) throws(MalformedReply) -> String {
        guard let text = self[name] else { throw MalformedReply("'\(name)' is missing in it") }
        return text
    }

    /// The yes or no of the first element of a name in it.
    ///
    /// - Throws: ``MalformedReply`` when there is none, or something else.
    func flag(_ name: String) throws(MalformedReply) -> Bool {
        switch try required(name) {
        case "true": return true
        case "false": return false
        default: throw MalformedReply("'\(name)' is neither true nor false in it")
        }
    }
}
