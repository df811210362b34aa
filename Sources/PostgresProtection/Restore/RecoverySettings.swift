package import Model

/// The settings that take a server to a target, written to the end of `postgresql.auto.conf`, which is read last.
package enum RecoverySettings {
    private static let all = [
        "restore_command", "recovery_target", "recovery_target_time", "recovery_target_lsn",
        "recovery_target_xid", "recovery_target_name", "recovery_target_inclusive",
        "recovery_target_timeline", "recovery_target_action", "archive_cleanup_command",
        "recovery_end_command", "primary_conninfo", "primary_slot_name", "recovery_min_apply_delay",
    ]

    /// The file with the settings of a recovery in place of those that it had.
    package static func text(
        replacingIn present: String,
        target: RecoveryTarget,
        timeline: UInt32
    ) -> String {
        let kept = present.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .filter { line in
                let name = line.drop { $0 == " " || $0 == "\t" }.prefix { $0.isLetter || $0 == "_" }
                return !all.contains(name.lowercased())
            }
        // A second target is refused by the server even when it is empty, so only what is meant is set.
        var values = ["primary_conninfo": "", "primary_slot_name": "", "recovery_end_command": ""]
        values["restore_command"] = RestoreScript.command
        values["recovery_target_timeline"] = String(timeline)
        values["recovery_target_action"] = "promote"
        values["recovery_target_inclusive"] = "on"
        values["recovery_min_apply_delay"] = "0"
        switch target {
        case .latest: break
        case .time(let moment):
            // The server's own form; microseconds are all that it keeps.
            let text = moment.rfc3339(digits: 6)
            values["recovery_target_time"] =
                String(text.dropLast()).split { $0 == "T" }
                .joined(separator: " ") + "+00"
        case .lsn(let position): values["recovery_target_lsn"] = position.description
        }
        let lines = all.compactMap { name in values[name].map { "\(name) = '\($0)'" } }
        return
            (kept + ["# Written by Lifeboat for recovery; removed when it is done."]
            + lines.map { $0[...] })
            .joined(separator: "\n") + "\n"
    }
}
