/// Hears how far a component's work is.
///
/// Calls may come from several tasks at once.
public struct ProgressReporter: Sendable {
    private let body: @Sendable (ProgressEvent) -> Void

    /// Reports to a closure, which must be quick.
    public init(_ body: @escaping @Sendable (ProgressEvent) -> Void) { self.body = body }

    /// Reports to nobody.
    public static let silent = ProgressReporter { _ in }

    /// Reports an event.
    public func callAsFunction(_ event: ProgressEvent) { body(event) }
}
