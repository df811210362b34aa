import Model
import PostgresProtection
import Protection
import TestKit
import Testing

/// What is safe, what waits and who falls behind when the log goes to several copies.
struct LogFrontTests {
    private static let fault = Fault(.cancelled, "unable to store: the disk is gone")

    private func place(_ position: Int, timeline: UInt32 = 1) -> LogPlace {
        LogPlace(timeline, LSN(UInt64(position)))
    }

    private func entry(_ position: Int, bytes: Int = 10) -> LogFront.Entry {
        LogFront.Entry(nil, bytes: bytes, place: place(position))
    }

    private func front(
        _ follows: [Bool],
        _ durability: LogCopies.Durability,
        limit: Int = 30
    ) -> LogFront {
        LogFront(at: place(0), follows: follows, durability: durability, limit: limit)
    }

    private func offer(
        _ position: Int,
        bytes: Int = 10,
        to front: inout LogFront,
        isTaken: Bool = true
    ) {
        let taken = front.offer(entry(position, bytes: bytes))
        #expect(taken == isTaken, "at \(position)")
    }

    /// Stores what is next in a copy.
    private func store(_ copy: Int, _ front: inout LogFront) throws {
        _ = front.stored(copy, try #require(front.next(copy)))
    }

    @Test func `with any copy the furthest counts, with every copy the slowest`() throws {
        var some = front([true, true], .anyCopy)
        var all = front([true, true], .everyCopy)
        for position in [10, 20] {
            offer(position, to: &some)
            offer(position, to: &all)
        }
        for _ in 1...2 {
            try store(0, &some)
            try store(0, &all)
        }
        try store(1, &all)
        #expect(some.safe == place(20))
        #expect(all.safe == place(10))
    }

    @Test func `a copy that is not there holds back what every copy must have`() throws {
        var front = front([true, false], .everyCopy)
        offer(10, to: &front)
        try store(0, &front)
        #expect(front.safe == nil)
        let joint = front.join(1)
        #expect(joint == place(10))
        #expect(front.safe == nil, "it takes what comes, and has not got what was")
        offer(20, to: &front)
        try store(0, &front)
        let hasJoined = front.joined(1, at: joint)
        #expect(hasJoined)
        #expect(front.safe == place(10))
        try store(1, &front)
        #expect(front.safe == place(20))
    }

    @Test func `a slow copy loses its line and holds up nobody, and an only one makes wait`() throws
    {
        var front = front([true, true], .anyCopy)
        for position in 1...3 { offer(position * 10, to: &front) }
        offer(40, to: &front, isTaken: false)
        #expect(front.standing(0) == .following && front.standing(1) == .following)
        try store(0, &front)
        offer(40, to: &front)
        #expect(front.standing(1) == .behind && front.next(1) == nil)
        #expect(front.source(for: 1) == 0)
        var only = self.front([true], .anyCopy)
        for position in 1...3 { offer(position * 10, to: &only) }
        offer(40, to: &only, isTaken: false)
        #expect(only.standing(0) == .following)
    }

    @Test func `a piece larger than the room goes to a copy for which nothing waits`() throws {
        var front = front([true], .anyCopy)
        offer(10, bytes: 1000, to: &front)
        offer(20, to: &front, isTaken: false)
        try store(0, &front)
        offer(20, to: &front)
    }

    @Test func `nothing is under way once every copy that follows has stored what it was given`()
        throws
    {
        var front = front([true, true], .anyCopy)
        #expect(front.isIdle)
        offer(10, to: &front)
        try store(0, &front)
        #expect(!front.isIdle)
        front.fallBehind(1)
        #expect(front.isIdle)
    }

    @Test func `what was stored while a copy fell behind counts`() throws {
        var front = front([true, true], .everyCopy)
        for position in 1...3 { offer(position * 10, to: &front) }
        let late = try #require(front.next(1))
        try store(0, &front)
        offer(40, to: &front)
        #expect(front.standing(1) == .behind)
        _ = front.stored(1, late)
        #expect(front.safe == place(10))
    }

    @Test func `a copy that falls behind while it joins has not joined`() throws {
        var front = front([true, false], .anyCopy)
        let joint = front.join(1)
        for position in 1...4 {
            offer(position * 10, to: &front)
            try store(0, &front)
        }
        #expect(front.standing(1) == .behind)
        let hasJoined = front.joined(1, at: joint)
        #expect(!hasJoined)
    }

    @Test func `an only copy stops with its fault, several only when none can take the place`() {
        var only = front([true], .anyCopy)
        #expect(only.halt == nil)
        _ = only.failed(0, Self.fault)
        #expect(only.halt?.message == Self.fault.message)
        var two = front([true, true], .anyCopy)
        for copy in [0, 1] { for _ in 1...3 { _ = two.failed(copy, Self.fault) } }
        #expect(two.halt == nil, "both hold all that was reported, and may come back")
        two.fallBehind(1)
        #expect(two.halt?.code.id == "E-LOG-COPIES")
        #expect(two.source(for: 1) == nil)
    }

    @Test func `a later timeline comes after an earlier one`() {
        #expect(place(90) < place(10, timeline: 2))
        #expect(place(10, timeline: 2) < place(20, timeline: 2))
    }

    /// Copies fail, recover, fall behind and join at random; a model keeps what each really holds.
    @Test(arguments: 0..<200)
    func `what is called safe is really stored`(number: Int) throws {
        var random = SeededGenerator(seed: UInt64(number))
        let durability: LogCopies.Durability = number.isMultiple(of: 2) ? .anyCopy : .everyCopy
        var front = front([true, true, number.isMultiple(of: 3)], durability)
        var held: [Set<Int>] = [[], [], []]
        var offered: [Int] = []
        var joints: [Int: LogPlace] = [:]
        for _ in 0..<300 {
            let copy = Int.random(in: 0..<3, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1:
                let next = (offered.last ?? 0) + 10
                if front.offer(entry(next)) { offered.append(next) }
            case 2, 3:
                guard let entry = front.next(copy) else { continue }
                held[copy].insert(Int(entry.place.position.value))
                _ = front.stored(copy, entry)
            case 4:
                if front.standing(copy) == .behind, let source = front.source(for: copy) {
                    let joint = front.join(copy)
                    guard front.durable(source).map({ $0 >= joint }) ?? false else {
                        front.fallBehind(copy)
                        continue
                    }
                    joints[copy] = joint
                    held[copy].formUnion(held[source])
                } else if let joint = joints.removeValue(forKey: copy),
                    front.standing(copy) == .joining
                {
                    let hasJoined = front.joined(copy, at: joint)
                    #expect(hasJoined)
                }
            default: if front.standing(copy) == .following { _ = front.failed(copy, Self.fault) }
            }
            guard let safe = front.safe else { continue }
            let needed = offered.filter { $0 <= Int(safe.position.value) }
            let holders = held.filter { $0.isSuperset(of: needed) }.count
            let text = "seed \(number): \(safe.position) is safe in \(holders) copies"
            #expect(holders >= (durability == .anyCopy ? 1 : 3), "\(text)")
        }
    }
}
