import Model
import PostgresWire
import TestKit
import Testing

@Suite struct ReplicationMessageTests {
    private let year2020 = Instant(seconds: 1_577_836_800)

    @Test func `a WAL message is read`() throws {
        let micro = year2020.postgresMicroseconds
        let message =
            Array("w".utf8) + bigEndian(UInt64(0x1000)) + bigEndian(UInt64(0x2000))
            + bigEndian(micro) + [1, 2, 3]
        let expected = ReplicationMessage.wal(
            start: LSN(0x1000),
            bytes: [1, 2, 3],
            serverEnd: LSN(0x2000),
            sentAt: year2020
        )
        #expect(try ReplicationMessage(decoding: message.span.bytes) == expected)
    }

    @Test func `a keepalive is read`() throws {
        let micro = year2020.postgresMicroseconds
        let message = Array("k".utf8) + bigEndian(UInt64(7)) + bigEndian(micro) + [1]
        let expected = ReplicationMessage.keepalive(
            serverEnd: LSN(7),
            sentAt: year2020,
            replyRequested: true
        )
        #expect(try ReplicationMessage(decoding: message.span.bytes) == expected)
    }

    @Test(arguments: [
        [], Array("x".utf8), Array("w".utf8), Array("w".utf8) + [UInt8](repeating: 0, count: 23),
        Array("k".utf8) + [UInt8](repeating: 0, count: 16),
        Array("k".utf8) + [UInt8](repeating: 0, count: 18),
        // A time that no clock can show, and a position whose end would overflow.
        Array("k".utf8) + bigEndian(UInt64(1)) + bigEndian(Int64.max) + [0],
        Array("k".utf8) + bigEndian(UInt64(1)) + bigEndian(Int64.min) + [0],
        Array("w".utf8) + bigEndian(UInt64.max) + bigEndian(UInt64(0)) + bigEndian(Int64(0))
            + [1, 2],
    ])
    func `a hostile message is refused`(message: [UInt8]) {
        #expect(throws: Fault.self) { try ReplicationMessage(decoding: message.span.bytes) }
    }

    @Test func `random messages never trap`() {
        var random = SeededGenerator.fresh("replication messages")
        for _ in 0..<20_000 {
            var message = random.bytes(upTo: 40)
            if let kind = "wknmdp".utf8.randomElement(using: &random), !message.isEmpty {
                message[0] = kind
            }
            _ = try? ReplicationMessage(decoding: message.span.bytes)
            _ = try? BaseBackupFrame(decoding: message.span.bytes)
        }
    }

    @Test func `a status never claims to have applied more than is durable`() {
        let status = StandbyStatus(
            written: LSN(300),
            flushed: LSN(200),
            applied: LSN(300),
            sentAt: year2020,
            replyRequested: true
        )
        #expect(status.applied == LSN(200))
        let expected =
            Array("r".utf8) + bigEndian(UInt64(300)) + bigEndian(UInt64(200))
            + bigEndian(UInt64(200)) + bigEndian(year2020.postgresMicroseconds) + [1]
        #expect(status.encoded == expected)
    }
}
