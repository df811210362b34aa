#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the other end of a stream can show.
public struct Terminal: Sendable, Hashable {
    /// Whether lines can be drawn over: a terminal that understands cursor movement.
    public var isLive: Bool
    /// Whether colours are wanted and understood.
    public var hasColor: Bool
    /// The width in columns; 80 where there is no terminal.
    public var width: Int

    /// What a file or a pipe can show: plain lines.
    public static let plain = Terminal(isLive: false, hasColor: false, width: 80)

    /// Groups what is known.
    public init(isLive: Bool, hasColor: Bool, width: Int) {
        self.isLive = isLive
        self.hasColor = hasColor
        self.width = width
    }

    /// Applies the conventions: `NO_COLOR` (no-color.org) wins over `CLICOLOR_FORCE`, which wins over the terminal
    /// itself; `TERM=dumb` has neither colour nor live lines; `COLUMNS` stands in for an unknown width.
    public init(isInteractive: Bool, columns: Int?, environment: [String: String]) {
        let isDumb = environment["TERM"] == "dumb"
        let isSet = { (name: String) in !(environment[name] ?? "").isEmpty }
        let isForced = isSet("CLICOLOR_FORCE") && environment["CLICOLOR_FORCE"] != "0"
        isLive = isInteractive && !isDumb
        hasColor = !isSet("NO_COLOR") && (isForced || isInteractive && !isDumb)
        let width = columns ?? environment["COLUMNS"].flatMap { Int($0) } ?? 80
        self.width = min(max(width, 20), 1000)
    }

    /// Asks the system about a standard stream.
    public init(of stream: StandardSink.Stream, environment: [String: String]) {
        var size = winsize()
        let isInteractive = isatty(stream.rawValue) == 1
        let request = UInt(TIOCGWINSZ)
        let isKnown = unsafe ioctl(stream.rawValue, request, &size) == 0 && size.ws_col > 0
        self.init(
            isInteractive: isInteractive,
            columns: isInteractive && isKnown ? Int(size.ws_col) : nil,
            environment: environment
        )
    }
}
