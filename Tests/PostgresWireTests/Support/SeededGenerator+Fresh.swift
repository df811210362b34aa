import TestKit

extension SeededGenerator {
    /// A fresh seed, printed, so that a failing run can be repeated.
    static func fresh(_ name: String) -> SeededGenerator {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("\(name): seed \(seed)")
        return SeededGenerator(seed: seed)
    }

    mutating func bytes(upTo count: Int) -> [UInt8] {
        (0..<Int.random(in: 0...count, using: &self)).map { _ in
            UInt8.random(in: 0...255, using: &self)
        }
    }
}
