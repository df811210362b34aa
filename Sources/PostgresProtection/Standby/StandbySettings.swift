/// The settings that make a server a standby.
struct StandbySettings {
    let conninfo: String
    /// The slot on the primary; nil when there is none yet.
    let slot: String?

    /// Every setting, those that would end or delay replay among them.
    private var values: [(name: String, value: String)] {
        [
            "recovery_target", "recovery_target_name", "recovery_target_time",
            "recovery_target_xid", "recovery_target_lsn", "restore_command",
            "archive_cleanup_command", "recovery_end_command",
        ]
        .map { ($0, "") }
            + [
                ("recovery_target_timeline", "latest"), ("hot_standby", "on"),
                ("primary_conninfo", conninfo), ("primary_slot_name", slot ?? ""),
            ]
    }

    /// `postgresql.auto.conf` with these settings in place of those that it had.
    func text(replacingIn present: String) -> String {
        SettingsText.replacing(
            in: present,
            with: values,
            under: "Written by Lifeboat: this server is a standby."
        )
    }
}
