/// The shapes of all records as one flat list of instructions, so that the parser steps without
/// recursion.
struct RDBProgram: Sendable {
    enum Instruction: Sendable {
        case string
        case key
        case streamID
        case length
        case container
        case bytes(Int)
        case fieldExpiry
        case fieldDelay
        case fieldPack
        case textScore
        /// Reads a count; goes to the next instruction that many times, or behind the matching end.
        case loop(behind: Int)
        /// Goes back to the instruction behind the loop's start while repetitions remain.
        case loopEnd(start: Int)
        case moduleID
        case moduleMoment
        case moduleItems
        case factName
        case factValue
        case database
        case expiry(Int)
        case function
        case checksum
        /// The record is over.
        case end
    }

    static let redis = RDBProgram(.redis)
    static let valkey = RDBProgram(.valkey)

    /// What all records' contents are made of.
    private(set) var instructions: [Instruction] = []
    /// For each first byte of a record the place of its instructions; -1 where there is no such
    /// record.
    private(set) var starts: [Int] = []

    private init(_ dialect: RDBDialect) {
        for byte in UInt8.min...UInt8.max {
            guard let shapes = RDBShape.content(after: byte, in: dialect) else {
                starts.append(-1)
                continue
            }
            starts.append(instructions.count)
            append(shapes)
            instructions.append(.end)
        }
    }

    private mutating func append(_ shapes: [RDBShape]) {
        for shape in shapes { append(shape) }
    }

    private mutating func append(_ shape: RDBShape) {
        switch shape {
        case .string: instructions.append(.string)
        case .key: instructions.append(.key)
        case .streamID: instructions.append(.streamID)
        case .length: instructions.append(.length)
        case .container: instructions.append(.container)
        case .bytes(let count): instructions.append(.bytes(count))
        case .fieldExpiry: instructions.append(.fieldExpiry)
        case .fieldDelay: instructions.append(.fieldDelay)
        case .fieldPack: instructions.append(.fieldPack)
        case .textScore: instructions.append(.textScore)
        case .repeated(let body):
            let start = instructions.count
            instructions.append(.loop(behind: start))
            append(body)
            instructions.append(.loopEnd(start: start + 1))
            instructions[start] = .loop(behind: instructions.count)
        case .moduleID: instructions.append(.moduleID)
        case .moduleMoment: instructions.append(.moduleMoment)
        case .moduleItems: instructions.append(.moduleItems)
        case .factName: instructions.append(.factName)
        case .factValue: instructions.append(.factValue)
        case .database: instructions.append(.database)
        case .expiry(let count): instructions.append(.expiry(count))
        case .function: instructions.append(.function)
        case .checksum: instructions.append(.checksum)
        }
    }
}
