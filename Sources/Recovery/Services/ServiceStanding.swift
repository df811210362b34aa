public import Model
public import Services

/// How one service of a stack is.
public struct ServiceStanding: Sendable {
    /// Its name.
    public let name: String
    /// What it is, in words.
    public let title: String
    /// What it has and which of it runs, or why that cannot be told.
    public let parts: Result<[ServicePart], Fault>
    /// Whether a restore stopped it and did not start it again.
    public let isLeft: Bool
    /// The components for which it waits, since their restore did not come to its end.
    public let waitsFor: [String]

    /// Why it cannot be told what runs; nil when it can.
    public var fault: Fault? {
        guard case .failure(let fault) = parts else { return nil }
        return fault
    }
}
