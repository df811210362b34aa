/// Files for tests of whole vaults.
public enum SampleFiles {
    /// Files of every shape and of lengths around the limits.
    public static func manyShapes(seed: UInt64) -> [String: [UInt8]] {
        var random = SeededGenerator(seed: seed)
        let zeros = { [UInt8](repeating: 0, count: $0) }
        var files: [String: [UInt8]] = [
            "empty": [], "one": [7], "nul": [0], "big": random.bytes(3 << 20),
            "text": random.text(3 << 20), "limit": random.bytes(128 << 10),
            "above": random.bytes((128 << 10) + 1), "zeros": zeros(3 << 20),
            "pages/empty": [], "pages/one": [1], "pages/zero": [0], "pages/zeros": zeros(100_000),
            "pages/short": random.bytes(8191), "pages/whole": random.bytes(8192),
            "pages/tail": random.bytes(8193), "pages/zerotail": random.bytes(8192) + [0, 0],
            "pages512/a": random.bytes(5_000), "sparse/none": random.text(20_000),
            "sparse/all": zeros(50_000), "sparse/tail": random.bytes(4096) + zeros(10_000),
            "deep/a/b/c/d": random.bytes(10), "deep/ä ö\n": random.bytes(10),
        ]
        var mixed = random.bytes(4096)
        for _ in 0..<20 {
            mixed += zeros(4096 * Int.random(in: 1...9, using: &random)) + random.bytes(5000)
        }
        files["sparse/mixed"] = mixed
        var pages: [UInt8] = []
        for index in 0..<60 { pages += index.isMultiple(of: 3) ? zeros(8192) : random.text(8192) }
        files["pages/mixed"] = pages
        return files
    }
}
