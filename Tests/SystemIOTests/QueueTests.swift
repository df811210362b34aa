import Model
import SystemIO
import Testing

@Suite struct QueueTests {
    private static let fault = Fault(.invalidValue, "unable to go on: a test says so")

    @Test(arguments: [1, 2, 100]) func `every element is taken once and in order`(
        capacity: Int
    ) async throws {
        let queue = BoundedQueue<Int>(capacity: capacity)
        async let taken = consume(queue)
        for number in 0..<1_000 { try await queue.push(number) }
        try await queue.drain()
        queue.close()
        #expect(try await taken == Array(0..<1_000))
    }

    @Test func `several consumers share the elements`() async throws {
        let queue = BoundedQueue<Int>(capacity: 3)
        async let one = consume(queue)
        async let two = consume(queue)
        async let three = consume(queue)
        for number in 0..<3_000 { try await queue.push(number) }
        queue.close()
        let all = try await one + two + three
        #expect(all.sorted() == Array(0..<3_000))
    }

    @Test func `draining waits for what was taken and not yet dealt with`() async throws {
        let queue = BoundedQueue<Int>(capacity: 1)
        try await queue.drain()
        try await queue.push(1)
        #expect(try await queue.next() == 1)
        async let drained: Void = queue.drain()
        queue.finished()
        try await drained
    }

    @Test func `a fault reaches a waiting producer, a waiting consumer and a drain`() async throws {
        let full = BoundedQueue<Int>(capacity: 1)
        try await full.push(1)
        let empty = BoundedQueue<Int>(capacity: 1)
        async let push = refusal { () async throws(Fault) in try await full.push(2) }
        async let drain = refusal { () async throws(Fault) in try await full.drain() }
        async let next = refusal { () async throws(Fault) in _ = try await empty.next() }
        for queue in [full, empty] {
            queue.fail(Self.fault)
            queue.fail(Fault(.cancelled, "unable to go on: a later fault"))
        }
        let codes = await [push, drain, next]
        #expect(codes == [.invalidValue, .invalidValue, .invalidValue])
        do {
            try await full.push(3)
            Issue.record("a failed queue took an element")
        } catch { #expect(error.code == .invalidValue) }
    }

    @Test func `a closed queue gives what is left and then nothing`() async throws {
        let queue = BoundedQueue<Int>(capacity: 2)
        try await queue.push(1)
        try await queue.push(2)
        queue.close()
        #expect(try await queue.next() == 1)
        #expect(try await queue.next() == 2)
        #expect(try await queue.next() == nil)
        #expect(try await queue.next() == nil)
    }

    private func refusal(
        _ work: @Sendable () async throws(Fault) -> Void
    ) async -> Fault.Code? {
        do throws(Fault) {
            try await work()
            return nil
        } catch { return error.code }
    }

    private func consume(_ queue: BoundedQueue<Int>) async throws -> [Int] {
        var taken: [Int] = []
        while let element = try await queue.next() {
            taken.append(element)
            queue.finished()
        }
        return taken
    }
}
