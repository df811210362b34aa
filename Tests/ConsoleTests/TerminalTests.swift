import Console
import Testing

@Suite struct TerminalTests {
    @Test(
        arguments: [
            (true, [:], true, true), (false, [:], false, false),
            (true, ["NO_COLOR": "1"], true, false), (true, ["NO_COLOR": ""], true, true),
            (true, ["TERM": "dumb"], false, false), (false, ["CLICOLOR_FORCE": "1"], false, true),
            (false, ["CLICOLOR_FORCE": "0"], false, false),
            (true, ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], true, false),
            (true, ["CLICOLOR_FORCE": "1", "TERM": "dumb"], false, true),
        ] as [(Bool, [String: String], Bool, Bool)]
    )
    func `the conventions for colour and live lines hold`(
        isInteractive: Bool,
        environment: [String: String],
        isLive: Bool,
        hasColor: Bool
    ) {
        let terminal = Terminal(
            isInteractive: isInteractive,
            columns: 100,
            environment: environment
        )
        #expect(terminal.isLive == isLive)
        #expect(terminal.hasColor == hasColor)
        #expect(terminal.width == 100)
    }

    @Test(
        arguments: [
            (nil, [:], 80), (nil, ["COLUMNS": "132"], 132), (nil, ["COLUMNS": "x"], 80),
            (3, [:], 20),
            (50, ["COLUMNS": "132"], 50), (99_999, [:], 1000),
        ] as [(Int?, [String: String], Int)]
    )
    func `the width is sane`(columns: Int?, environment: [String: String], width: Int) {
        let terminal = Terminal(isInteractive: true, columns: columns, environment: environment)
        #expect(terminal.width == width)
    }
}
