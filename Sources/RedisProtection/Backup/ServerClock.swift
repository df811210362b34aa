package import Model

/// How a server's clock compares with this host's.
package struct ServerClock: Sendable {
    private let shown: Instant
    private let heard: Instant

    /// - Parameters:
    ///   - shown: What the server's clock showed.
    ///   - heard: When this host heard of it.
    package init(shown: Instant, heard: Instant) {
        self.shown = shown
        self.heard = heard
    }

    /// A moment by this host's clock that is not before `moment` by the server's clock.
    ///
    /// It is late by as long as the answer took to arrive.
    package func latest(_ moment: Instant) -> Instant { moment + (heard - shown) }
}
