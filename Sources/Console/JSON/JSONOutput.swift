public import Model

/// Writes one JSON object a line (NDJSON), each with its `message_type` and the schema it follows.
///
/// New fields may appear within `lifeboat/v1`; none disappears or changes its meaning.
public struct JSONOutput: Sendable {
    /// What the field `schema` says.
    public static let schema = "lifeboat/v1"

    private let sink: any Sink

    /// Writes to a sink.
    public init(_ sink: any Sink) { self.sink = sink }

    /// Writes one object: `{"message_type":…,"schema":"lifeboat/v1",…}`.
    ///
    /// - Throws: ``Model/Fault/Code/consoleWrite`` when the sink does not take it.
    public func write(_ messageType: String, _ fields: [JSONField]) throws(Fault) {
        let head = [
            JSONField("message_type", .text(messageType)), JSONField("schema", .text(Self.schema)),
        ]
        try sink.writeLine(JSONValue.object(head + fields).encoded)
    }

    /// Writes how the program ends on a fault: `exit_error` with `code`, `id`, `message` and `hints`.
    ///
    /// - Throws: ``Model/Fault/Code/consoleWrite`` when the sink does not take it.
    public func write(_ fault: Fault) throws(Fault) {
        try write(
            "exit_error",
            [
                JSONField("code", .integer(Int64(fault.code.exit.rawValue))),
                JSONField("id", .text(fault.code.id)),
                JSONField("message", .text(fault.message)),
                JSONField("hints", .array(fault.hints.map { .text($0) })),
            ]
        )
    }
}
