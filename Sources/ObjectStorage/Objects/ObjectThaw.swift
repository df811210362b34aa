public import Model

/// How far an object in cold storage is from being readable.
public enum ObjectThaw: Sendable, Hashable {
    /// It can be read as it is.
    case notNeeded
    /// The provider is at it: minutes to two days, as the class has it.
    case underWay
    /// A readable copy is there, until some time where the server tells it.
    case ready(until: Instant?)

    /// Takes the header `x-amz-restore`; nil when nobody asked to thaw the object.
    init?(_ header: String?) {
        guard let header else { return nil }
        guard header.contains("ongoing-request=\"false\"") else {
            self = .underWay
            return
        }
        let date = header.split(separator: "expiry-date=\"").dropFirst().first
            .flatMap { $0.split(separator: "\"").first }
        self = .ready(until: date.flatMap(HTTPDate.parse))
    }
}
