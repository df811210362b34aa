import TestKit
import Testing

@Suite struct ClusterShapeTests {
    private func pairs(_ shape: ClusterShape) -> [String] {
        let values = shape.values
        return values.indices.flatMap { first in
            values[(first + 1)...].map { "\(values[first]), \($0)" }
        }
    }

    @Test func `in the sample every value meets every other one`() {
        let seen = Set(ClusterShape.sample.flatMap { pairs($0) })
        let wanted = Set(ClusterShape.all.flatMap { pairs($0) })
        #expect(wanted.subtracting(seen).isEmpty)
        #expect(Set(ClusterShape.sample).isSubset(of: ClusterShape.all))
        #expect(ClusterShape.all.count == 144 && Set(ClusterShape.all).count == 144)
    }
}
