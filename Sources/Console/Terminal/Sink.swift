public import Model

/// Where text goes: a descriptor, or a test's memory.
public protocol Sink: Sendable {
    /// Writes a text whole.
    ///
    /// - Throws: ``Model/Fault/Code/consoleWrite`` when the other side no longer takes it; a part may be written then.
    func write(_ text: String) throws(Fault)
}

extension Sink {
    /// Writes a text and a line feed.
    ///
    /// - Throws: See ``write(_:)``.
    public func writeLine(_ text: String) throws(Fault) { try write(text + "\n") }
}
