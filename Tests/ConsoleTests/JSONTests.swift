import Console
import Foundation
import Model
import Testing

@Suite struct JSONTests {
    @Test func `keys keep their order`() {
        let value: JSONValue = ["b": 1, "a": [true, nil, "x"], "c": ["z": .number(0.5)]]
        #expect(value.encoded == #"{"b":1,"a":[true,null,"x"],"c":{"z":0.5}}"#)
        #expect(JSONValue.number(.infinity).encoded == "null")
        #expect(JSONValue.seconds(.milliseconds(1500)).encoded == "1.5")
        #expect(JSONValue.bytes(ByteCount(7)).encoded == "7")
        #expect(JSONValue.time(Instant(seconds: 0)).encoded == "\"1970-01-01T00:00:00.000Z\"")
    }

    @Test func `another reader gets every character back`() throws {
        let points = (UInt32(0)...0x2FFF).compactMap(Unicode.Scalar.init)
        var text = ""
        text.unicodeScalars.append(contentsOf: points)
        text += "🛟\u{10FFFF}"
        let encoded = JSONValue.array([.text(text)]).encoded
        #expect(!encoded.contains { $0.isNewline })
        let decoded = try JSONSerialization.jsonObject(with: Data(encoded.utf8)) as? [String]
        let scalars = decoded?.first.map { Array($0.unicodeScalars) }
        #expect(scalars == Array(text.unicodeScalars))
    }

    @Test func `messages are one line each`() throws {
        let sink = RecordingSink()
        let output = JSONOutput(sink)
        try output.write("status", [JSONField("note", "a\nb")])
        try output.write(Fault(.invalidValue, "unable to x", hints: ["Do \"y\"."]))
        #expect(
            sink.lines == [
                #"{"message_type":"status","schema":"lifeboat/v1","note":"a\nb"}"#,
                #"{"message_type":"exit_error","schema":"lifeboat/v1","code":2,"id":"E-VALUE","#
                    + #""message":"unable to x","hints":["Do \"y\"."]}"#,
            ]
        )
    }
}
