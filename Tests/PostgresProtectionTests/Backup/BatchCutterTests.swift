import Model
import PostgresProtection
import PostgresWire
import TestKit
import Testing

/// How listed files become ranges and batches.
struct BatchCutterTests {
    private func file(_ path: String, _ size: Int64) -> ListedFile {
        ListedFile(path: path, size: size, modified: Instant(seconds: 0), isDirectory: false)
    }

    private func batches(_ files: [ListedFile], _ choice: RangeChoice) -> [FetchBatch] {
        var cutter = BatchCutter(choice: choice)
        var batches: [FetchBatch] = []
        for file in files {
            cutter.add(file)
            while let batch = cutter.next() { batches.append(batch) }
        }
        if let last = cutter.last() { batches.append(last) }
        return batches
    }

    @Test func `every byte is read once, in order, in batches of bounded size`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let files = (0..<Int.random(in: 0...300, using: &random)).map { index in
                let sizes: [Int64] = [0, 1, 8192, 16384, 1 << 20, (1 << 20) + 1, 5 << 20]
                return file("f\(index)", sizes.randomElement(using: &random) ?? 0)
            }
            let batches = batches(files, .everything)
            #expect(batches.allSatisfy { $0.bytes <= 1 << 20 }, "seed \(seed)")
            #expect(batches.allSatisfy { $0.steps.count <= BatchCutter.stepLimit + 2 })
            var seen: [String: Int64] = [:]
            var begun: [String] = []
            var open: String?
            for step in batches.flatMap(\.steps) {
                switch step {
                case .begin(let file):
                    #expect(open == nil)
                    open = file.path
                    begun.append(file.path)
                case .read(let range):
                    #expect(range.path == open && range.offset == seen[range.path, default: 0])
                    seen[range.path, default: 0] += Int64(range.length)
                case .keep(let range): Issue.record("\(range) is not read, seed \(seed)")
                case .end: open = nil
                }
            }
            #expect(begun == files.map(\.path), "seed \(seed)")
            #expect(files.allSatisfy { seen[$0.path, default: 0] == $0.size }, "seed \(seed)")
        }
    }

    @Test func `only the chosen ranges are read, and what lies between is kept`() {
        let choice = RangeChoice { file in
            switch file.path {
            case "whole": [0..<file.size]
            case "kept": []
            default: [8192..<16384, 1 << 20..<(1 << 20) + 8192]
            }
        }
        let files = [file("whole", 8192), file("part", 4 << 20), file("kept", 3 << 30)]
        let batches = batches(files, choice)
        let kept = batches.flatMap(\.steps).compactMap { step -> FileRange? in
            if case .keep(let range) = step { range } else { nil }
        }
        #expect(
            kept == [
                FileRange(path: "part", offset: 0, length: 8192),
                FileRange(path: "part", offset: 16384, length: (1 << 20) - 16384),
                FileRange(path: "part", offset: (1 << 20) + 8192, length: (3 << 20) - 8192),
                FileRange(path: "kept", offset: 0, length: 3 << 30),
            ]
        )
        let ranges = batches.flatMap(\.ranges)
        #expect(
            ranges == [
                FileRange(path: "whole", offset: 0, length: 8192),
                FileRange(path: "part", offset: 8192, length: 8192),
                FileRange(path: "part", offset: 1 << 20, length: 8192),
            ]
        )
    }
}
