/// Lines at the bottom of a terminal that are drawn over again and again.
public struct LiveArea: Sendable {
    private var height = 0

    /// An area that was not drawn yet.
    public init() {}

    /// The characters that draw these lines over those of the last time.
    ///
    /// No line may be wider than the terminal.
    public mutating func frame(_ lines: [String]) -> String {
        let up = height > 0 ? "\u{1B}[\(height)A" : ""
        // Lines that are no longer needed are wiped with what is below the area.
        let wipe = lines.count < height ? "\u{1B}[J" : ""
        height = lines.count
        return "\r" + up + lines.map { "\($0)\u{1B}[K\n" }.joined() + wipe
    }

    /// The characters that wipe the area, so that other text can be written in its place.
    public mutating func wiped() -> String { frame([]) }
}
