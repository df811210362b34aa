import Foundation
import Model
import PostgresWire
import TestKit

/// The records of a log as the server's own `pg_waldump` prints them.
///
/// ```text
///   rmgr: Heap  len (rec/tot): 54/ 54, tx: 735, lsn: 0/01500028, prev 0/014FFFF0, desc: … blkref #0: rel 1663/5/16384 blk 0
/// ```
struct WALDump {
    /// A block that a record refers to.
    struct Block: Equatable {
        let number: UInt8
        let relation: String
        let fork: UInt8
        let block: UInt32
        let hasImage: Bool
    }

    /// What a line says.
    struct Record: Equatable {
        let manager: UInt8
        let lengthWithoutImages: Int
        let length: Int
        let transaction: UInt32
        let start: LSN
        let previous: LSN
        var blocks: [Block]
    }

    private static let managers = [
        "XLOG", "Transaction", "Storage", "CLOG", "Database", "Tablespace", "MultiXact", "RelMap",
        "Standby", "Heap2", "Heap", "Btree", "Hash", "Gin", "Gist", "Sequence", "SPGist", "BRIN",
        "CommitTs", "ReplicationOrigin", "Generic", "LogicalMessage",
    ]
    private static let names = Dictionary(
        uniqueKeysWithValues: managers.enumerated().map { (Array($1.utf8)[...], UInt8($0)) }
    )

    private let text: [UInt8]
    private var place = 0

    /// Runs the program over a part of the log in a folder, from one segment to another.
    ///
    /// Without the first segment the program would look at the first file that it finds, which may be one
    /// that the server has only reserved.
    init(
        _ server: PostgresServer,
        folder: String,
        segments: (first: SegmentName, last: SegmentName),
        from start: LSN,
        to end: LSN
    ) throws {
        let output = server.root.appending(path: "waldump.txt")
        let errors = server.root.appending(path: "waldump.errors")
        let program = try ChildProgram(
            [
                server.binaries.appending(path: "pg_waldump").path, "-p", folder, "-s", "\(start)",
                "-e", "\(end)", "\(segments.first)", "\(segments.last)",
            ],
            environment: ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "TZ": "UTC"],
            directory: server.root.path,
            output: output.path,
            errors: errors.path
        )
        let status = program.wait()
        text = [UInt8](try Data(contentsOf: output))
        try FileManager.default.removeItem(at: output)
        guard status == 0 else {
            let words = try String(contentsOf: errors, encoding: .utf8)
            throw Fault(.testServer, "unable to dump from \(start) to \(end): \(words)")
        }
    }

    /// The next record; nil at the end.
    mutating func next() -> Record? {
        while place < text.count {
            let end = text[place...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
            let line = text[place..<end]
            place = end + 1
            if line.starts(with: "rmgr: ".utf8) { return Self.record(line) }
        }
        return nil
    }

    private static func record(_ line: ArraySlice<UInt8>) -> Record? {
        var rest = line.dropFirst(6)
        let name = rest.prefix { $0 != UInt8(ascii: " ") }
        guard let manager = names[name] else { return nil }
        rest = rest.dropFirst(name.count)
        guard let part = number(&rest, UInt8(ascii: "0")...UInt8(ascii: "9")),
            let total = number(&rest, UInt8(ascii: "0")...UInt8(ascii: "9")),
            let transaction = number(&rest, UInt8(ascii: "0")...UInt8(ascii: "9")),
            let start = position(&rest), let previous = position(&rest)
        else { return nil }
        return Record(
            manager: manager,
            lengthWithoutImages: Int(part),
            length: Int(total),
            transaction: UInt32(transaction),
            start: start,
            previous: previous,
            blocks: blocks(rest)
        )
    }

    private static func number(
        _ rest: inout ArraySlice<UInt8>,
        _ digits: ClosedRange<UInt8>
    ) -> UInt64? {
        rest = rest.drop { !digits.contains($0) }
        var value: UInt64 = 0
        guard !rest.isEmpty else { return nil }
        while let digit = rest.first, digits.contains(digit) {
            value = value * 10 + UInt64(digit - digits.lowerBound)
            rest = rest.dropFirst()
        }
        return value
    }

    /// A position after the next word that ends in `lsn: ` or `prev `.
    private static func position(_ rest: inout ArraySlice<UInt8>) -> LSN? {
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        let head = rest[..<slash].reversed().prefix { isHexadecimal($0) }.reversed()
        let tail = rest[(slash + 1)...].prefix { isHexadecimal($0) }
        rest = rest[tail.endIndex...]
        return LSN(String(decoding: head + [UInt8(ascii: "/")] + tail, as: UTF8.self))
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...70).contains(byte)
    }

    /// The references at the end of a line: `blkref #0: rel 1663/5/16384 fork vm blk 0 FPW`.
    private static func blocks(_ line: ArraySlice<UInt8>) -> [Block] {
        guard line.contains(UInt8(ascii: "#")) else { return [] }
        let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") }
            .map { String(decoding: $0, as: UTF8.self) }
        var blocks: [Block] = []
        for index in words.indices where words[index] == "blkref" && index + 4 < words.count {
            guard let number = UInt8(words[index + 1].dropFirst().dropLast()) else { continue }
            let relation = words[index + 3]
            var place = index + 4
            var fork: UInt8 = 0
            if words[place] == "fork" {
                fork = ["fsm": 1, "vm": 2, "init": 3][words[place + 1]] ?? 9
                place += 2
            }
            guard let block = UInt32(words[place + 1]) else { continue }
            let hasImage = place + 2 < words.count && words[place + 2] == "FPW"
            blocks.append(
                Block(
                    number: number,
                    relation: relation.trimmingCharacters(in: [";"]),
                    fork: fork,
                    block: block,
                    hasImage: hasImage
                )
            )
        }
        return blocks
    }
}
