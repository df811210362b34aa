import Model
import Testing

struct PageCutterTests {
    @Test(arguments: [1, 7, 512])
    func `pages are the same however the bytes come`(pageBytes: Int) {
        let seed = UInt64.random(in: .min ... .max)
        var state = seed
        let bytes = (0..<3001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let expected = stride(from: 0, to: bytes.count, by: pageBytes).map {
            Array(bytes[$0..<min($0 + pageBytes, bytes.count)])
        }
        for _ in 0..<50 {
            var cutter = PageCutter(pageBytes: pageBytes)
            var pages: [[UInt8]] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let count = Int(state >> 33 % 1500)
                cutter.add(rest.prefix(count))
                rest = rest.dropFirst(count)
                while let page = cutter.next() { pages.append(Array(page)) }
            }
            if let last = cutter.last { pages.append(Array(last)) }
            #expect(pages == expected, "seed \(seed)")
        }
    }
}
