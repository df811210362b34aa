import Model
import PostgresWire

/// Small files of a cluster are read or refused, and a `pg_control` is only made invalid where it says so.
enum LabelCheck {
    static func check(_ input: [UInt8]) throws(CheckFailure) {
        _ = Outcome { () throws(Fault) in try BackupLabel(parsing: input) }
        _ = Outcome { () throws(Fault) in try TimelineHistory(timeline: 7, parsing: input) }
        try checkControlFile(input)
        // Up to PostgreSQL 17, and from 18 on.
        for place in [288, 292] where input.count >= place + 4 {
            let sum = CRC32C(input[..<place]).value
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: sum >> UInt32(8 * $0)) }
            try checkControlFile(input[..<place] + bytes + input[(place + 4)...])
        }
    }

    private static func checkControlFile(_ bytes: [UInt8]) throws(CheckFailure) {
        let invalid = Outcome { () throws(Fault) in
            try ControlFile(parsing: ControlFile(parsing: bytes).invalidatingCheckpoint())
        }
        guard let file = Outcome({ () throws(Fault) in try ControlFile(parsing: bytes) }).value
        else { return }
        try require(
            invalid.value?.checkpoint == ControlFile.invalidCheckpoint
                && invalid.value?.systemIdentifier == file.systemIdentifier,
            "made invalid, a pg_control is read as \(invalid)"
        )
    }
}
