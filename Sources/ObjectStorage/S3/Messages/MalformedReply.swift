/// A server's reply is not what S3 sends: cut off, garbled, or from something else.
package struct MalformedReply: Error, Equatable {
    /// What is wrong with it, as the end of a sentence.
    package let fact: String

    init(_ fact: String) { self.fact = fact }
}
