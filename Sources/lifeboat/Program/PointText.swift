import Console
import Model
import Recovery
import SystemIO

/// A point that a person writes: a moment or, by its name, one snapshot.
struct PointText {
    /// The moment; the newest there is where a snapshot is named.
    let target: RecoveryTarget
    /// The name of a snapshot: `COMPONENT@NUMBER`, an object's name, or `commit:ID`; nil for a moment.
    let snapshot: String?

    /// - Throws: `E-TARGET-FORM`.
    init(_ text: String) throws(Fault) {
        let isNamed =
            text.hasPrefix("commit:")
            || !text.hasPrefix("mark:") && (text.contains("@") || text.hasPrefix("snapshots/"))
        target = try TargetText.parse(
            isNamed ? "latest" : text,
            now: SystemClock().now(),
            offset: TimeEcho.localOffset
        )
        snapshot = isNamed ? text : nil
    }
}
