internal import Model

/// What a copy of the cluster's files was, whichever way it was made.
struct CopiedCluster {
    /// Where replay begins.
    let start: LSN
    /// How far the log is needed.
    let stop: LSN
    /// The timeline of both.
    let timeline: UInt32
    /// How the files were read.
    let method: String
    /// Pages whose checksum was wrong twice, in words.
    let damagedPages: [String]
    /// Pages whose checksum was wrong once and that could not be read again, in words.
    let suspectPages: [String]
}
