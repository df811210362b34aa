import Model
import StackConfiguration
import Testing

@Suite struct InterpolationTests {
    private static let environment = ["SET": "set", "EMPTY": "", "N2": "two"]

    /// The state directory that a text gives after `/`.
    private func expand(_ text: String) throws(Fault) -> String {
        let yaml = Samples.small("stack: shop", "stack: shop\nstate: '/\(text)'")
        return String(try Samples.decode(yaml, Self.environment).state.dropFirst())
    }

    // The cases of Docker's own documentation and of compose-go's template tests.
    @Test(arguments: [
        ("$SET", "set"), ("${SET}", "set"), ("x${SET}y", "xsety"), ("$N2.", "two."),
        ("${UNSET}", ""), ("$UNSET", ""), ("${UNSET:-d}", "d"), ("${EMPTY:-d}", "d"),
        ("${SET:-d}", "set"), ("${UNSET-d}", "d"), ("${EMPTY-d}", ""), ("${SET-d}", "set"),
        ("${SET:?m}", "set"), ("${SET?m}", "set"), ("${EMPTY?m}", ""), ("${SET:+r}", "r"),
        ("${EMPTY:+r}", ""), ("${EMPTY+r}", "r"), ("${UNSET+r}", ""), ("$$", "$"),
        ("$$SET", "$SET"), ("$${SET}", "${SET}"), ("${UNSET:-${SET}}", "set"),
        ("${UNSET:-${EMPTY:-$SET}}", "set"), ("${UNSET:-a$$b}", "a$b"), ("${UNSET:-}", ""),
        ("${UNSET:-/a:b}", "/a:b"), ("${UNSET:-a?b-c}", "a?b-c"), ("$SET$SET", "setset"),
        ("${UNSET:-}}", "}"),
    ])
    func `variables are replaced as in Compose`(text: String, result: String) throws {
        #expect(try expand(text) == result)
    }

    @Test(arguments: [
        "$", "a$ b", "$1", "${", "${}", "${SET", "${1}", "${SET!x}", "${SET:}", "${SET:x}",
        "${ SET}", "${UNSET:-${SET}", "${UNSET:?m}", "${EMPTY:?m}", "${UNSET?m}",
    ])
    func `mistakes in variables are refused`(text: String) {
        #expect(throws: Fault.self) { try expand(text) }
    }

    @Test func `a variable cannot add keys`() {
        let yaml = Samples.small("stack: shop", "stack: ${X}")
        let fault = Samples.fault(yaml, ["X": "shop\nhost: evil"])
        #expect(fault?.code.id == "E-CONFIG-VALUE")
    }

    @Test func `variables that are not set are named`() throws {
        let decoded = try StackConfiguration.decode(
            Samples.small("stack: shop", "stack: shop${B}${A}${B}${C:-}"),
            file: "f",
            environment: [:],
            machine: "box"
        )
        #expect(decoded.unsetVariables == ["B", "A"])
    }

    @Test func `a deep nest of defaults is refused`() {
        let deep = String(repeating: "${A:-", count: 500) + String(repeating: "}", count: 500)
        #expect(throws: Fault.self) { try expand(deep) }
    }
}
