/// A page whose checksum was wrong when it was read: damaged, or caught in the middle of a write.
struct SuspectPage {
    /// Its block in the relation's fork.
    let block: UInt32
    /// Where it begins in the file.
    let offset: Int64
    /// What was read.
    let page: [UInt8]
}
