public import Model
public import ObjectStorage

/// What the name of an object says about it (`Docs/format`, section 2).
public enum VaultName: Sendable, Hashable {
    /// `README.txt`, `recover.py` or `format.proto`.
    case wayOut(String)
    /// `format.json`.
    case format
    /// `hosts/<host>/<number>.json`.
    case host(String, number: Int)
    /// `hosts/<host>/revoked-<hash16>.json`.
    case revocation(String, short: String)
    /// `packs/<ab>/<hash>`.
    case pack(Digest256)
    /// `snapshots/<stream>/<seq>-<hash16>`.
    case snapshot(StreamName, seq: UInt64, short: String)
    /// `log/<stream>/<epoch>/<from>-<to>-<hash16>`.
    case log(StreamName, epoch: UInt32, from: UInt64, to: UInt64, short: String)
    /// `log/<stream>/<epoch>/history-<hash16>`.
    case history(StreamName, epoch: UInt32, short: String)

    /// `gc/<number>-<hash16>` and the like.
    case document(DocumentFolder, number: UInt64, short: String)

    static let wayOutNames = ["README.txt", "recover.py", "format.proto"]
    /// The first labels of the names that have several.
    static let folders = Set(
        ["hosts", "packs", "snapshots", "log"] + DocumentFolder.allCases.map(\.rawValue)
    )

    /// Reads a name; nil when the object is foreign.
    public init?(_ name: ObjectName) {
        if let pack = Self.pack(name.text.utf8) {
            self = .pack(pack)
            return
        }
        let parts = name.labels.map { String($0) }
        switch (parts.first, parts.count) {
        case ("format.json", 1): self = .format
        case (let first?, 1) where Self.wayOutNames.contains(first): self = .wayOut(first)
        case ("hosts", 3):
            guard let name = Self.host(parts[1], parts[2]) else { return nil }
            self = name
        case ("snapshots", 3):
            let labels = parts[2].split { $0 == "-" }
            guard let stream = StreamName(parts[1]), labels.count == 2, Self.isShort(labels[1]),
                let seq = Self.number(labels[0], digits: 10, radix: 10), seq > 0
            else { return nil }
            self = .snapshot(stream, seq: seq, short: String(labels[1]))
        case ("log", 4):
            guard let name = Self.log(parts) else { return nil }
            self = name
        case (let first?, 2):
            let labels = parts[1].split { $0 == "-" }
            guard let folder = DocumentFolder(rawValue: first), labels.count == 2,
                Self.isShort(labels[1]), let number = Self.number(labels[0], digits: 10, radix: 10),
                number > 0
            else { return nil }
            self = .document(folder, number: number, short: String(labels[1]))
        default: return nil
        }
    }

    /// The name as the store has it.
    public var objectName: ObjectName {
        let text =
            switch self {
            case .wayOut(let name): name
            case .format: "format.json"
            case .host(let host, let number):
                "hosts/\(host)/\(Self.padded(UInt64(number), 6, 10)).json"
            case .revocation(let host, let short): "hosts/\(host)/revoked-\(short).json"
            case .pack(let digest): "packs/\(digest.description.prefix(2))/\(digest)"
            case .snapshot(let stream, let seq, let short):
                "snapshots/\(stream)/\(Self.padded(seq, 10, 10))-\(short)"
            case .log(let stream, let epoch, let from, let to, let short):
                "log/\(stream)/\(Self.padded(UInt64(epoch), 8, 16))/"
                    + "\(Self.padded(from, 16, 16))-\(Self.padded(to, 16, 16))-\(short)"
            case .history(let stream, let epoch, let short):
                "log/\(stream)/\(Self.padded(UInt64(epoch), 8, 16))/history-\(short)"
            case .document(let folder, let number, let short):
                "\(folder.rawValue)/\(Self.padded(number, 10, 10))-\(short)"
            }
        guard let name = ObjectName(text) else {
            preconditionFailure("a vault name is an object name")
        }
        return name
    }

    /// Packs are so many that their names are read without taking them to pieces.
    private static func pack(_ name: String.UTF8View) -> Digest256? {
        let folder = "packs/".utf8
        guard name.count == folder.count + 3 + 64, name.starts(with: folder) else { return nil }
        let part = name.dropFirst(folder.count)
        let hash = part.dropFirst(3)
        guard part.prefix(2).elementsEqual(hash.prefix(2)),
            part.dropFirst(2).first == UInt8(ascii: "/")
        else { return nil }
        return Digest256(hexadecimal: Substring(hash))
    }

    private static func host(_ host: String, _ file: String) -> VaultName? {
        guard StreamName.isLabel(host), file.hasSuffix(".json") else { return nil }
        let stem = file.dropLast(5)
        if stem.hasPrefix("revoked-"), isShort(stem.dropFirst(8)) {
            return .revocation(host, short: String(stem.dropFirst(8)))
        }
        guard let number = number(stem, digits: 6, radix: 10), number > 0 else { return nil }
        return .host(host, number: Int(number))
    }

    private static func log(_ parts: [String]) -> VaultName? {
        let labels = parts[3].split { $0 == "-" }
        guard let stream = StreamName(parts[1]), let last = labels.last, isShort(last),
            let epoch = number(parts[2], digits: 8, radix: 16)
        else { return nil }
        if labels.count == 2, labels[0] == "history" {
            return .history(stream, epoch: UInt32(epoch), short: String(last))
        }
        guard labels.count == 3, let from = number(labels[0], digits: 16, radix: 16),
            let to = number(labels[1], digits: 16, radix: 16), from < to
        else { return nil }
        return .log(stream, epoch: UInt32(epoch), from: from, to: to, short: String(last))
    }

    private static func number(_ text: some StringProtocol, digits: Int, radix: Int) -> UInt64? {
        guard text.utf8.count == digits, let value = UInt64(text, radix: radix),
            padded(value, digits, radix) == text
        else { return nil }
        return value
    }

    static func padded(_ value: UInt64, _ digits: Int, _ radix: Int) -> String {
        let text = String(value, radix: radix)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    private static func isShort(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 16 && Hexadecimal.decode(text) != nil
    }
}
