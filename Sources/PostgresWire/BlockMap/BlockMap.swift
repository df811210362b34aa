public import Model

/// What changed in the relation files of a cluster between two positions of its log.
///
/// It may say too much, never too little: maps can be joined, coarsened and applied in any order.
/// Only main forks are in it, since visibility map, free space map and initial fork are always read
/// whole (the server does not log every change of the first two).
///
/// Memory: 2 to 4 bytes for a changed block that lies alone, 1 bit for those that lie close together,
/// about 150 bytes for a relation; beyond ``budget`` it becomes coarser, so that it never takes much
/// more.
public struct BlockMap: Sendable {
    /// The bytes that a map may take in memory unless told otherwise: 16 million lone blocks at
    /// least, or 4 TiB of changed relations.
    public static let standardBudget = 64 << 20
    /// What a relation takes beside its blocks.
    static let relationOverhead = 120

    /// What changed in one relation.
    struct Relation: Sendable {
        let id: RelationID
        /// Blocks from here on may be anything; `UInt32.max` for none.
        var limit = UInt32.max
        /// The changed blocks before the limit.
        var blocks = ChangedBlocks()
    }

    /// The timeline that the log was read on.
    public let timeline: UInt32
    /// The first position whose record is in the map.
    public private(set) var start: LSN
    /// The first position after ``start`` whose record is not.
    public private(set) var end: LSN
    /// How far the log was read; between ``end`` and here there is no record but an incomplete one.
    public private(set) var readEnd: LSN
    /// Why the map must not be relied on; nil for a good one.
    public private(set) var doubt: MapDoubt?
    /// The databases whose files were replaced or removed.
    public private(set) var databases: Set<DatabaseID> = []
    /// The bytes that it may take.
    public let budget: Int

    /// About how many bytes it takes.
    public private(set) var footprint = 0

    private(set) var relations: [Relation] = []
    private var places: [RelationID: Int] = [:]
    /// The relations that were used last, by a few bits of their numbers.
    private var recent = [Int](repeating: -1, count: 64)

    /// An empty map of no records yet.
    public init(timeline: UInt32, start: LSN, budget: Int = standardBudget) {
        self.timeline = timeline
        self.start = start
        self.budget = budget
        end = start
        readEnd = start
    }

    /// Says that every record that begins before `end` is in the map now.
    public mutating func extend(to end: LSN, read: LSN) {
        self.end = max(self.end, end)
        readEnd = max(readEnd, read, end)
    }

    /// How far the log that was read reaches at least: ``end`` may lie behind the head of a page of
    /// which nothing is there yet, as it does when a server closed a segment and then wrote nothing.
    public func leastLog(_ segmentSize: SegmentSize) -> LSN {
        let page = end.value / WALPageHeader.pageSize * WALPageHeader.pageSize
        return WALReader.afterHead(page, segmentSize) == end ? LSN(page) : end
    }

    /// Adds a changed block.
    public mutating func insert(_ block: UInt32, of relation: RelationID) {
        let place = place(of: relation)
        guard block < relations[place].limit else { return }
        footprint += relations[place].blocks.insert(block)
        if footprint > budget { coarsen() }
    }

    /// Says that a relation ended at `limit`, at least for a moment.
    public mutating func limit(_ relation: RelationID, to limit: UInt32) {
        let place = place(of: relation)
        guard limit < relations[place].limit else { return }
        relations[place].limit = limit
        footprint -= relations[place].blocks.footprint
        relations[place].blocks.truncate(to: limit)
        footprint += relations[place].blocks.footprint
        if footprint > budget { coarsen() }
    }

    /// Says that the files of a database were replaced or removed.
    public mutating func replace(_ database: DatabaseID) { databases.insert(database) }

    /// Says that the map must not be relied on.
    public mutating func distrust(_ doubt: MapDoubt) {
        if self.doubt == nil { self.doubt = doubt }
    }

    /// Applies what a record does besides.
    public mutating func apply(_ effect: WALEffect, at position: LSN) {
        switch effect {
        case .limit(let relation, let block): limit(relation, to: block)
        case .database(let database): replace(database)
        case .doubt(let reason): distrust(MapDoubt(reason: reason, position: position))
        }
    }

    /// Adds everything that another map says; what part of the log it was read from, the caller
    /// knows (``extend(to:read:)``, ``MapChain``).
    public mutating func formUnion(_ other: BlockMap) {
        if let doubt = other.doubt { distrust(doubt) }
        databases.formUnion(other.databases)
        for relation in other.relations {
            if relation.limit < .max { limit(relation.id, to: relation.limit) }
            guard !relation.blocks.isEmpty else { continue }
            let place = place(of: relation.id)
            var blocks = relation.blocks
            if relations[place].limit < .max { blocks.truncate(to: relations[place].limit) }
            footprint += relations[place].blocks.formUnion(blocks)
            if footprint > budget { coarsen() }
        }
    }

    /// What changed in a relation; nil for nothing.
    func relation(_ id: RelationID) -> Relation? { places[id].map { relations[$0] } }

    /// Takes in a whole relation, as it was stored.
    mutating func take(_ relation: Relation) {
        let place = place(of: relation.id)
        relations[place] = relation
        footprint += relation.blocks.footprint
        if footprint > budget { coarsen() }
    }

    private mutating func place(of id: RelationID) -> Int {
        let slot = Int(truncatingIfNeeded: id.number ^ id.database &* 31) & 63
        let guess = recent[slot]
        if guess >= 0, relations[guess].id == id { return guess }
        let place: Int
        if let known = places[id] {
            place = known
        } else {
            place = relations.count
            relations.append(Relation(id: id))
            places[id] = place
            footprint += Self.relationOverhead
        }
        recent[slot] = place
        return place
    }

    /// Says more than it knows, to take less room: whole stretches of blocks, then whole relations,
    /// then whole databases; at last nothing but a doubt.
    private mutating func coarsen() {
        let goal = budget / 2
        for index in relations.indices { relations[index].blocks.coarsen() }
        measure()
        guard footprint > goal else { return }
        for index in relations.indices where !relations[index].blocks.isEmpty {
            relations[index].limit = 0
            relations[index].blocks = ChangedBlocks()
        }
        measure()
        guard footprint > goal else { return }
        for relation in relations { databases.insert(relation.id.directory) }
        relations = []
        places = [:]
        recent = [Int](repeating: -1, count: 64)
        footprint = databases.count * 16
        guard footprint > goal else { return }
        databases = []
        footprint = 0
        distrust(MapDoubt(reason: .tooLarge, position: end))
    }

    private mutating func measure() {
        footprint = relations.reduce(databases.count * 16) {
            $0 + Self.relationOverhead + $1.blocks.footprint
        }
    }
}

extension BlockMap: Equatable {
    /// Whether two maps say the same of the same part of the log.
    public static func == (left: BlockMap, right: BlockMap) -> Bool {
        left.encoded() == right.encoded()
    }
}
