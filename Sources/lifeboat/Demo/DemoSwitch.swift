import Synchronization

/// Tells a companion that it may end.
final class DemoSwitch: Sendable {
    private let state = Atomic<Bool>(false)

    /// Whether it was turned on.
    var isOn: Bool { state.load(ordering: .acquiring) }

    /// Turns it on, for good.
    func turnOn() { state.store(true, ordering: .releasing) }
}
