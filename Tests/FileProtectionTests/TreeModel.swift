import FileTrees
import Model
import SystemIO
import SystemPackage
import TestKit

/// A tree as a test made it, in memory: what each edit does is known here first, then done to the disk.
///
/// No scanner takes part, so that what a backup saw and what a restore wrote are held against something else.
struct TreeModel {
    enum Content: Equatable {
        case file([UInt8])
        case folder
        case link([UInt8])
        case pipe
    }

    /// What several names may share.
    struct Node: Equatable {
        var content: Content
        var mode: UInt16 = 0o644
        var owner: UInt32 = 0
        var group: UInt32 = 0
        var modified = Instant(nanoseconds: 0)
        var attributes: [[UInt8]: [UInt8]] = [:]
    }

    let root: FilePath
    private var random: SeededGenerator
    private(set) var names: [TreePath: Int] = [:]
    private(set) var nodes: [Int: Node] = [:]
    private var count = 0
    private var touched: Set<Int> = []

    /// An empty tree at a folder that exists.
    init(at root: FilePath, seed: UInt64) {
        self.root = root
        random = SeededGenerator(seed: seed)
    }

    /// Does some edits to the model and to the disk.
    mutating func edit(_ times: Int) throws {
        for _ in 0..<times { try edit() }
        try settle()
    }

    private mutating func edit() throws {
        let files = paths { if case .file = $0 { true } else { false } }
        switch Int.random(in: 0..<16, using: &random) {
        case 0...3: try make(.file(bytes(upTo: chance(5) ? 400_000 : 9000)))
        case 4: try make(.folder)
        case 5: try make(.link(bytes(upTo: 60).filter { $0 != 0 } + [0x61]))
        case 6: try make(.pipe)
        case 7: if let first = files.randomElement(using: &random) { try link(first) }
        case 8...9: if let path = files.randomElement(using: &random) { try write(path) }
        case 10: if let path = files.randomElement(using: &random) { try writeInSilence(path) }
        case 11: if let path = anything { try remove(path) }
        case 12: if let path = anything { try move(path) }
        default: if let path = anything { try change(path) }
        }
    }

    private mutating func make(_ content: Content) throws {
        let path = newPath()
        guard let name = path.lastName else { return }
        let folder = try Directory.open(path.parent.path(below: root))
        switch content {
        case .file(let bytes):
            let file = try folder.openFile(name, .write, create: .exclusive(0o600))
            try write(bytes, to: file)
        case .folder: try folder.makeDirectory(name, mode: 0o755)
        case .link(let target): try folder.makeSymbolicLink(name, target: target)
        case .pipe: try folder.makeNode(name, kind: .fifo, mode: 0o600)
        }
        count += 1
        names[path] = count
        nodes[count] = Node(content: content)
        touched.insert(count)
        touchFolder(of: path)
    }

    private mutating func link(_ first: TreePath) throws {
        let path = newPath()
        guard let old = first.lastName, let new = path.lastName else { return }
        try Directory.open(first.parent.path(below: root))
            .hardLink(old, to: try Directory.open(path.parent.path(below: root)), new)
        names[path] = names[first]
        touchFolder(of: path)
    }

    /// Overwrites, lengthens or cuts a file.
    private mutating func write(_ path: TreePath) throws {
        try rewrite(path) { bytes, random in
            let cut = Int.random(in: 0...bytes.count, using: &random)
            bytes =
                Array(bytes.prefix(cut))
                + (0..<Int.random(in: 0...5000, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
        }
        if let node = names[path] { touched.insert(node) }
    }

    /// Changes bytes, and neither the length nor the time.
    private mutating func writeInSilence(_ path: TreePath) throws {
        try rewrite(path) { bytes, random in
            guard !bytes.isEmpty else { return }
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 0x55
        }
        guard let node = names[path], let name = path.lastName, !touched.contains(node) else {
            return
        }
        try Directory.open(path.parent.path(below: root))
            .setTimes(modified: nodes[node]?.modified ?? Instant(nanoseconds: 0), of: name)
    }

    private mutating func rewrite(
        _ path: TreePath,
        _ body: (inout [UInt8], inout SeededGenerator) -> Void
    ) throws {
        guard let node = names[path], case .file(var bytes) = nodes[node]?.content,
            let name = path.lastName
        else { return }
        body(&bytes, &random)
        nodes[node]?.content = .file(bytes)
        let file = try Directory.open(path.parent.path(below: root)).openFile(name, .write)
        try write(bytes, to: file)
    }

    /// Zeros at the end of a large file are a hole.
    private func write(_ bytes: [UInt8], to file: borrowing Descriptor) throws {
        try file.resize(to: 0)
        let zeros = bytes.reversed().prefix { $0 == 0 }.count
        try file.write(bytes.dropLast(zeros), at: 0)
        try file.resize(to: Int64(bytes.count))
    }

    private mutating func remove(_ path: TreePath) throws {
        try FileSystem.removeTree(path.path(below: root))
        for name in names.keys where name.isAtOrBelow(path) { names[name] = nil }
        touchFolder(of: path)
    }

    private mutating func move(_ path: TreePath) throws {
        let target = newPath(outside: path)
        guard let old = path.lastName, let new = target.lastName else { return }
        try Directory.open(path.parent.path(below: root))
            .move(old, to: try Directory.open(target.parent.path(below: root)), new)
        for (name, node) in names where name.isAtOrBelow(path) {
            names[name] = nil
            let rest = name.names.dropFirst(path.names.count)
            names[rest.reduce(target) { $0.appending($1) }] = node
        }
        touchFolder(of: path)
        touchFolder(of: target)
        // A folder that goes elsewhere changes its own entry for the one above.
        if let node = names[target], nodes[node]?.content == .folder { touched.insert(node) }
    }

    /// Changes owner, mode or attributes.
    private mutating func change(_ path: TreePath) throws {
        guard let name = path.lastName, let node = names[path], var changed = nodes[node] else {
            return
        }
        let folder = try Directory.open(path.parent.path(below: root))
        let isLink = if case .link = changed.content { true } else { false }
        switch Int.random(in: 0..<4, using: &random) {
        case 0 where !isLink:
            changed.mode = .random(in: 0...0o7777, using: &random)
            // What is made in a folder of that bit would get its group.
            if changed.content == .folder { changed.mode &= ~0o2000 }
            try folder.setMode(changed.mode, of: name)
        case 1:
            changed.owner = .random(in: 0..<70_000, using: &random)
            changed.group = .random(in: 0..<70_000, using: &random)
            try folder.setOwner(changed.owner, group: changed.group, of: name)
            // A new owner takes these away from files that can be run.
            if !isLink { try folder.setMode(changed.mode, of: name) }
        case 2 where !isLink && changed.content != .pipe:
            let key = Array("user.k\(Int.random(in: 0..<4, using: &random))".utf8)
            changed.attributes[key] = bytes(upTo: 300)
            try folder.setAttribute(key, to: changed.attributes[key] ?? [], of: name)
        default:
            guard let key = changed.attributes.keys.min(by: { $0.lexicographicallyPrecedes($1) })
            else { break }
            changed.attributes[key] = nil
            try folder.removeAttribute(key, of: name)
        }
        nodes[node] = changed
    }

    /// Gives a time of its own to all whose time the system has chosen.
    private mutating func settle() throws {
        for (path, node) in names where touched.contains(node) {
            guard let name = path.lastName else { continue }
            let time = Instant(
                nanoseconds: .random(
                    in: -1_000_000_000_000...1_700_000_000_000_000_000,
                    using: &random
                )
            )
            nodes[node]?.modified = time
            let folder = try Directory.open(path.parent.path(below: root))
            try folder.setTimes(modified: time, of: name)
            if case .link = nodes[node]?.content {
                nodes[node]?.mode = 0o777
            } else {
                try folder.setMode(nodes[node]?.mode ?? 0, of: name)
            }
        }
        touched = []
    }

    private mutating func touchFolder(of path: TreePath) {
        if let node = names[path.parent] { touched.insert(node) }
    }

    private var anything: TreePath? {
        mutating get { names.keys.sorted().randomElement(using: &random) }
    }

    private func paths(_ isWanted: (Content) -> Bool) -> [TreePath] {
        names.filter { _, node in nodes[node].map { isWanted($0.content) } ?? false }.keys.sorted()
    }

    private mutating func newPath(outside path: TreePath? = nil) -> TreePath {
        let folders = paths { $0 == .folder }.filter { folder in
            path.map { !folder.isAtOrBelow($0) } ?? true
        }
        let folder = chance(3) ? TreePath.root : folders.randomElement(using: &random) ?? .root
        while true {
            let odd = bytes(upTo: 8).filter { $0 != 0 && $0 != 0x2F }
            let text = chance(3) ? odd : Array("n\(Int.random(in: 0..<60, using: &random))".utf8)
            guard let name = FileName(text) else { continue }
            let path = folder.appending(name)
            if names[path] == nil { return path }
        }
    }

    private mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }

    private mutating func bytes(upTo count: Int) -> [UInt8] {
        let length = Int.random(in: 0...count, using: &random)
        let zeros = chance(4) ? length / 2 : 0
        return (0..<length - zeros).map { _ in UInt8.random(in: 0...255, using: &random) }
            + [UInt8](repeating: 0, count: zeros)
    }
}
