internal import FoundationEssentials
internal import Model

/// JSON as the vault writes it: one line, sorted keys, no escaped slashes.
enum JSONText {
    static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            preconditionFailure("the vault's own documents are always JSON")
        }
        return Array(data)
    }

    static func decode<Value: Decodable>(
        _ type: Value.Type,
        _ text: some Sequence<UInt8>,
        of object: String
    ) throws(Fault) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text))
        } catch {
            throw .damaged(object, "its head is not what it should be", cause: error)
        }
    }
}
