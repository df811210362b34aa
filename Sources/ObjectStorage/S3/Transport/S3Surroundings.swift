package import Model
package import SystemIO

/// What a store needs of the world beside the network; tests bring their own.
package struct S3Surroundings: Sendable {
    /// The time of day, which requests are signed with.
    package var clock: any Timekeeper
    /// The time that passes between attempts.
    package var timepiece: Timepiece
    /// Spreads the attempts of many clients.
    package var generator: any RandomNumberGenerator & Sendable

    /// Puts them together; without arguments, the real ones.
    package init(
        clock: any Timekeeper = SystemClock(),
        timepiece: Timepiece = Timepiece(ContinuousClock()),
        generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.clock = clock
        self.timepiece = timepiece
        self.generator = generator
    }
}
