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
        let text = RecoverySettings(stop: .time(moment), timeline: 3).text(replacingIn: present)
        #expect(text.contains("shared_buffers = '1GB'"))
        #expect(!text.contains("2020") && !text.contains("cp x y") && !text.contains("host=old"))
        #expect(text.contains("recovery_target_time = '2026-11-23 14:05:31.204567+00'"))
        #expect(text.contains("recovery_target_timeline = '3'"))
    }

    @Test func `every kind of target is set, and the one that is meant comes last`() throws {
        let kinds = ["", "_name", "_time", "_xid", "_lsn"].map { "recovery_target\($0)" }
        let stops: [ReplayStop] = [
            .end, .time(Instant(seconds: 1)), .position(LSN(1 << 24)), .consistent,
        ]
        for stop in stops {
            let values = RecoverySettings(stop: stop, timeline: 1).values
            let set = values.filter { kinds.contains($0.name) }
            #expect(Set(set.map(\.name)) == Set(kinds) && set.count == kinds.count)
            let meant = set.filter { !$0.value.isEmpty }
            #expect(meant.count == (stop == .end ? 0 : 1))
            // The server refuses a second target, even an empty one, after the first.
            if let one = meant.first { #expect(set.last?.name == one.name) }
        }
    }
}
