import Foundation
import Model

/// The machine's clock.
struct WallClock: Timekeeper {
    func now() -> Instant {
        Instant(nanoseconds: Int64(Date().timeIntervalSince1970 * 1_000_000_000))
    }
}
