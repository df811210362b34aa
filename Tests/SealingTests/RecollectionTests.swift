import Sealing
import Testing

@Suite struct RecollectionTests {
    @Test func `what was noted is remembered, and never more than there is room for`() {
        let words = Recollection<Int, String>(limit: 10)
        #expect(words[1] == nil)
        for number in 1...1_000 {
            words.note("\(number)", for: number)
            #expect(words[number] == "\(number)")
            let known = (1...number).filter { words[$0] != nil }
            #expect(known.count <= 10)
            // The newest half is always there.
            #expect(Set(known).isSuperset(of: max(1, number - 4)...number))
            #expect(known.allSatisfy { words[$0] == "\($0)" })
        }
    }

    @Test func `what is heavy takes the place of more, and what is too heavy is not remembered`() {
        let words = Recollection<Int, String>(limit: 10)
        words.note("light", for: 1)
        words.note("too heavy", for: 2, weight: 6)
        #expect(words[1] == "light" && words[2] == nil)
        words.note("heavy", for: 3, weight: 5)
        #expect(words[1] == "light" && words[3] == "heavy")
        words.note("another", for: 4, weight: 5)
        #expect(words[1] == nil && words[3] == "heavy" && words[4] == "another")
    }
}
