import Model
import PostgresProtection
import Testing

@Suite struct RecoverySettingsTests {
    @Test func `settings of an older recovery are taken out and one target is put in`() throws {
        let present = """
            # Do not edit
            shared_buffers = '1GB'
            recovery_target_time = '2020-01-01 00:00:00+00'
            Restore_Command = 'cp x y'
              primary_conninfo = 'host=old'
            """
        let moment = try #require(Instant(rfc3339: "2026-11-23T14:05:31.204567Z"))
        let text = RecoverySettings.text(replacingIn: present, target: .time(moment), timeline: 3)
        #expect(text.contains("shared_buffers = '1GB'"))
        #expect(!text.contains("2020") && !text.contains("cp x y") && !text.contains("host=old"))
        #expect(text.contains("recovery_target_time = '2026-11-23 14:05:31.204567+00'"))
        #expect(text.contains("recovery_target_timeline = '3'"))
        // The server refuses two targets, even when one of them is empty.
        let targets = text.split(whereSeparator: \.isNewline).filter { line in
            ["recovery_target =", "recovery_target_time =", "recovery_target_lsn ="].contains {
                line.hasPrefix($0)
            }
        }
        #expect(targets.count == 1)
    }
}
