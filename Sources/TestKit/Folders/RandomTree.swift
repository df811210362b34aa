public import Model
import SystemIO
public import SystemPackage

/// Makes a tree of everything that is hard to save: odd names, links, holes, devices, attributes, closed folders.
///
/// Only root can, because of the owners and the devices.
public struct RandomTree {
    private var random: SeededGenerator
    private var files: [(FilePath, FileName)] = []

    /// Begins at a seed.
    public init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// Makes the tree.
    ///
    /// - Parameters:
    ///   - root: A folder that exists and is empty.
    ///   - count: How many names there will be.
    /// - Throws: `E-IO-…`.
    public mutating func make(at root: FilePath, count: Int) throws(Fault) {
        var folders = [root]
        for index in 0..<count {
            let path = folders[Int.random(in: 0..<folders.count, using: &random)]
            let folder = try Directory.open(path)
            let name = name(index)
            switch Int.random(in: 0..<10, using: &random) {
            case 0...1:
                try folder.makeDirectory(name, mode: 0o755)
                folders.append(path.appending(name))
            case 2:
                try folder.makeSymbolicLink(
                    name,
                    target: bytes(1...300).filter { $0 != 0 } + [0x61]
                )
            case 3: try folder.makeNode(name, kind: .fifo, mode: 0o600)
            case 4:
                try folder.makeNode(
                    name,
                    kind: .characterDevice,
                    mode: 0o600,
                    deviceNumber: FileStatus.deviceNumber(major: 1, minor: 3)
                )
            case 5 where !files.isEmpty:
                let (other, first) = files[Int.random(in: 0..<files.count, using: &random)]
                try Directory.open(other).hardLink(first, to: folder, name)
                continue
            default:
                let file = try folder.openFile(name, .write, create: .exclusive(0o600))
                if Bool.random(using: &random) {
                    try file.write(
                        bytes(1...5000),
                        at: Int64.random(in: 0..<300_000, using: &random)
                    )
                    try file.resize(to: 400_000)
                } else {
                    try file.write(bytes(0...20_000))
                }
                files.append((path, name))
            }
            try attributes(of: name, in: folder)
        }
        try close(folders.dropFirst())
    }

    private mutating func attributes(of name: FileName, in folder: borrowing Directory)
        throws(Fault)
    {
        let kind = try folder.status(of: name)?.kind
        try folder.setOwner(
            .random(in: 0..<70_000, using: &random),
            group: .random(in: 0..<70_000, using: &random),
            of: name
        )
        if kind == .regular || kind == .directory, Bool.random(using: &random) {
            try folder.setAttribute(Array("user.odd \u{1}".utf8), to: bytes(0...400), of: name)
            try folder.setAttribute(Array("trusted.t".utf8), to: [], of: name)
        }
        if kind != .symbolicLink, kind != .directory {
            try folder.setMode(.random(in: 0...0o7777, using: &random), of: name)
        }
        let time = Int64.random(
            in: -1_000_000_000_000_000...1_900_000_000_000_000_000,
            using: &random
        )
        try folder.setTimes(modified: Instant(nanoseconds: time), of: name)
    }

    /// Folders lose their permissions last, since everything else goes through them.
    private mutating func close(_ folders: ArraySlice<FilePath>) throws(Fault) {
        for folder in folders.reversed() {
            guard let name = folder.lastName else { continue }
            let parent = try Directory.open(folder.parent)
            try parent.setMode(.random(in: 0...0o7777, using: &random), of: name)
            let time = Int64.random(in: 0...1_900_000_000_000_000_000, using: &random)
            try parent.setTimes(modified: Instant(nanoseconds: time), of: name)
        }
    }

    private mutating func name(_ index: Int) -> FileName {
        let number = Array("\(index)".utf8)
        var bytes = bytes(1...12).filter { $0 != 0 && $0 != 0x2F }
        if index % 9 == 0 { bytes += [UInt8](repeating: 0x61, count: 255) }
        if index % 7 == 0 { bytes = [0x0A, 0xFF, 0x20] + bytes }
        guard let name = FileName(Array(bytes.prefix(255 - number.count)) + number) else {
            preconditionFailure("digits make a name")
        }
        return name
    }

    private mutating func bytes(_ count: ClosedRange<Int>) -> [UInt8] {
        (0..<Int.random(in: count, using: &random)).map { _ in .random(in: 0...255, using: &random)
        }
    }
}
