import Model
import ObjectStorage
import Sealing
import TestKit
import Testing

/// What a test needs to look into the objects of a vault and to make false ones.
enum Forgery {
    /// The names below a prefix, ordered.
    static func names(_ store: MemoryStore, _ prefix: String) -> [ObjectName] {
        store.contents.keys.filter { $0.text.hasPrefix(prefix) }.sorted()
    }

    /// A signed object with its head rewritten and signed again.
    static func signed(
        _ object: [UInt8],
        by key: SigningKey,
        _ edit: (String) -> String
    ) -> [UInt8] {
        let length = object[8..<12].reduce(0) { $0 << 8 | Int($1) }
        let text = Array(edit(String(decoding: object[12..<12 + length], as: UTF8.self)).utf8)
        let number = stride(from: 24, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: text.count >> $0)
        }
        let front = Array(object[..<8]) + number + text
        let signature = key.sign(Array("lifeboat/1/signed\n".utf8) + front)
        return front + signature + object[(76 + length)...]
    }

    /// A signed document with its first line rewritten and signed again.
    static func document(
        _ object: [UInt8],
        by key: SigningKey,
        _ edit: (String) -> String
    ) -> [UInt8] {
        let line = String(decoding: object.prefix { $0 != 10 }, as: UTF8.self)
        let text = Array(edit(line).utf8)
        let signature = key.sign(Array("lifeboat/1/document\n".utf8) + text)
        let seal =
            "{\"by\":\"\(key.verifyKey)\",\"signature\":\"\(Hexadecimal.encode(signature))\"}"
        return text + [10] + Array(seal.utf8) + [10]
    }

    /// A name whose last 16 digits are those of the object's hash.
    static func name(_ text: String, _ object: [UInt8]) throws -> ObjectName {
        try #require(ObjectName("\(text)-\(Hashing.sha256(object).short)"))
    }
}

/// The fault that some work throws.
func fault(
    _ work: () async throws -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
) async -> Fault? {
    do {
        try await work()
        Issue.record("a fault was expected", sourceLocation: sourceLocation)
        return nil
    } catch let fault as Fault {
        return fault
    } catch {
        Issue.record("not a fault: \(error)", sourceLocation: sourceLocation)
        return nil
    }
}

/// An object's name.
func named(_ text: String) throws -> ObjectName { try #require(ObjectName(text)) }
