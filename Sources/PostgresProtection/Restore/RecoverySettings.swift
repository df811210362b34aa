internal import Model

/// The settings that take a server to a target.
package struct RecoverySettings: Sendable {
    /// Where replay stops.
    package let stop: ReplayStop
    /// Whether what stands there is still replayed.
    package let isInclusive: Bool
    /// The timeline to follow.
    package let timeline: UInt32

    /// Settings for a stop on a timeline.
    package init(stop: ReplayStop, isInclusive: Bool = true, timeline: UInt32) {
        self.stop = stop
        self.isInclusive = isInclusive
        self.timeline = timeline
    }

    private static let targets = [
        "recovery_target", "recovery_target_name", "recovery_target_time", "recovery_target_xid",
        "recovery_target_lsn",
    ]

    /// Every setting of a recovery, in an order that the server takes.
    ///
    /// A target that is left over in another file ends recovery early or is refused as a second one, so each kind is set: first
    /// those that are not meant, to nothing, since the server refuses that after the one that is.
    package var values: [(name: String, value: String)] {
        let meant: (name: String, value: String)? =
            switch stop {
            case .end: nil
            case .time(let moment): ("recovery_target_time", Self.text(moment))
            case .position(let position): ("recovery_target_lsn", position.description)
            case .consistent: ("recovery_target", "immediate")
            }
        return Self.targets.filter { $0 != meant?.name }.map { ($0, "") }
            + [
                ("recovery_target_inclusive", isInclusive ? "on" : "off"),
                ("recovery_target_action", "promote"),
                ("recovery_target_timeline", String(timeline)),
                ("restore_command", RestoreScript.command), ("recovery_min_apply_delay", "0"),
                ("archive_cleanup_command", ""), ("recovery_end_command", ""),
                ("primary_conninfo", ""), ("primary_slot_name", ""),
            ] + (meant.map { [$0] } ?? [])
    }

    /// The server's own form of a moment; microseconds are all that it keeps.
    private static func text(_ moment: Instant) -> String {
        let text = moment.rfc3339(digits: 6)
        return String(text.dropLast()).split { $0 == "T" }.joined(separator: " ") + "+00"
    }

    /// `postgresql.auto.conf`, which is read last, with these settings in place of those that it had.
    package func text(replacingIn present: String) -> String {
        SettingsText.replacing(
            in: present,
            with: values,
            under: "Written by Lifeboat for recovery; removed when it is done."
        )
    }
}
