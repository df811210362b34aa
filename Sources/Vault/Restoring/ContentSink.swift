public import Model

/// Where restored contents go.
public protocol ContentSink: Sendable {
    /// Writes bytes into a file at an offset. Calls come from several tasks, in any order, never twice for one place.
    ///
    /// - Throws: `E-IO-…` naming the file.
    func write(_ bytes: ArraySlice<UInt8>, to file: UInt32, at offset: Int64) async throws(Fault)
}
